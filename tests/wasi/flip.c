/* flip.c DIR: until killed, make DIR/flip in turn a folder and a link out of the box. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

int main(int argc, char **argv) {
  if (argc < 2 || chdir(argv[1]) != 0) return 1;
  for (int i = 0; i < 100000000; i++) {
    if (rename("flip", "folder") != 0 || rename("link", "flip") != 0) return 2;
    if (rename("flip", "link") != 0 || rename("folder", "flip") != 0) return 3;
  }
  return 0;
}
