#!/bin/sh
# wasmi.sh: install wasmi_cli, the interpreter that plain code is compared with, below build/ and
# print the path of its command. Building it takes some minutes, so this is no peer of `make peers`.
set -eu
version=2.0.0
root=build/crates/wasmi_cli-$version
if [ ! -x "$root/bin/wasmi" ]; then
  command -v cargo >/dev/null || sh tests/deps.sh cargo >&2
  cargo install --quiet --locked --root "$root" --target-dir "$root/target" "wasmi_cli@$version" >&2
  rm -rf "$root/target"
fi
echo "$root/bin/wasmi"
