#!/bin/sh
# sqlite.sh: SQLite from its Debian source, built with clang and wasi-libc, run by wfx with a
# database file in a folder; the answers are those of the sqlite3 of this machine. TAP. Fetches 14 MB.
. tests/tap.sh
src=tests/sqlite
sh tests/deps.sh clang-19 lld-19 wasi-libc libclang-rt-19-dev-wasm32 sqlite3 tcl make gcc xz-utils \
  >"$T/log" 2>&1 || not_ok "the tools are installed" "$T/log"

# Fetch the source with lists of our own, so that the machine's stay as they are. The archive is
# the one that this machine takes its packages from.
get_source() (
  mkdir -p "$T/apt/lists/partial" "$T/apt/cache/archives/partial" && cd "$T/apt" || exit 1
  . /etc/os-release
  archive=$(cat /etc/apt/sources.list /etc/apt/sources.list.d/* 2>/dev/null |
    grep -o 'https\{0,1\}://[^ ]*/debian/*\( \|$\)' | head -n 1 | tr -d ' ')
  echo "deb-src [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg]" \
    "${archive:-http://deb.debian.org/debian} $VERSION_CODENAME main" >sources.list
  apt() {
    apt-get -qq -o Dir::Etc::sourcelist="$PWD/sources.list" -o Dir::Etc::sourceparts=- \
      -o Dir::State::lists="$PWD/lists" -o Dir::Cache="$PWD/cache" -o APT::Sandbox::User=root "$@"
  }
  apt update && apt source --download-only sqlite3 && tar xf sqlite3_*.orig.tar.xz &&
    mv sqlite3-*/ source
)
# One file of all sources, as SQLite's own Makefile makes it.
amalgamate() (
  cd "$T/apt/source" && sh ./configure --disable-tcl --disable-readline && make sqlite3.c
)
build() {
  clang-19 --target=wasm32-wasi -O2 -w -include $src/compat.h -I"$T/apt/source" \
    -DSQLITE_THREADSAFE=0 -DSQLITE_OMIT_LOAD_EXTENSION -DSQLITE_OMIT_WAL \
    -DSQLITE_MAX_MMAP_SIZE=0 -D_WASI_EMULATED_GETPID "$T/apt/source/sqlite3.c" $src/sql.c \
    -lwasi-emulated-getpid -o "$T/sql.wasm"
}
for step in get_source amalgamate build; do
  if $step >"$T/log" 2>&1; then
    ok "$step"
  else
    not_ok "$step" "$T/log"
    finish
  fi
done

mkdir "$T/data"
for part in 1 2; do
  "$wfx" run --dir "$T/data::/" "$T/sql.wasm" /items.db <$src/$part.sql >"$T/got" 2>&1
  echo "exit code $?" >>"$T/got"
  sqlite3 -batch "$T/native.db" <$src/$part.sql >"$T/wanted" 2>"$T/err"
  code=$?
  # Only how an error is introduced is the program's own.
  sed -n 's/^Runtime error near line [0-9]*: \(.*\) ([0-9]*)$/error: \1/p' "$T/err" >>"$T/wanted"
  echo "exit code $code" >>"$T/wanted"
  same "part $part says the same ($(wc -l <"$T/wanted") lines)" "$T/wanted" "$T/got"
done
sqlite3 "$T/data/items.db" 'PRAGMA integrity_check; SELECT count(*), sum(price) FROM item' \
  >"$T/got" 2>&1
sqlite3 "$T/native.db" 'PRAGMA integrity_check; SELECT count(*), sum(price) FROM item' >"$T/wanted"
same "and leaves a file that the sqlite3 of this machine reads" "$T/wanted" "$T/got"
if [ "$(ls "$T/data")" = items.db ]; then ok "and no other"; else not_ok "and no other"; fi
finish
