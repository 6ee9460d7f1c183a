/* sql.c DATABASE: run the SQL of standard input, print rows as the command line of SQLite does. */
#include <stdio.h>
#include <stdlib.h>

#include "sqlite3.h"

static int print_row(void *ud, int n, char **values, char **names) {
  (void)ud;
  (void)names;
  for (int i = 0; i < n; i++) printf("%s%s", i ? "|" : "", values[i] ? values[i] : "");
  putchar('\n');
  return 0;
}

int main(int argc, char **argv) {
  static char sql[1 << 16];
  sqlite3 *db;
  char *message = NULL;
  size_t n = fread(sql, 1, sizeof sql - 1, stdin);
  sql[n] = '\0';
  int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
  if (argc != 2 || sqlite3_open_v2(argv[1], &db, flags, "unix-none") != SQLITE_OK) return 2;
  if (sqlite3_exec(db, sql, print_row, NULL, &message) != SQLITE_OK) {
    printf("error: %s\n", message);
    return 1;
  }
  return sqlite3_close(db) != SQLITE_OK;
}
