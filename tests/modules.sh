#!/bin/sh
# modules.sh: put the modules of modules.txt into build/modules. Does nothing when that very list is
# there. No script of a package is run, and only the modules are kept. Needs `make peers`.
set -eu
dir=build/modules
opt=build/peers/bin/wasm-opt
cmp -s tests/modules.txt "$dir/installed.txt" && exit 0
rm -rf "$dir"
mkdir -p "$dir/npm"
command -v npm >/dev/null || sh tests/deps.sh npm

list=$dir/npm/list.txt
sed '/^#/d' tests/modules.txt >"$list"
# shellcheck disable=SC2046
npm install --prefix "$dir/npm" --ignore-scripts --no-audit --no-fund --loglevel=error \
  $(awk '{print $2 "@" $3}' "$list")
while read -r name package _ path form; do
  from=$dir/npm/node_modules/$package/$path
  if [ "$form" = exnref ]; then
    # Of what it may then use, two proposals are younger than 3.0.
    "$opt" -all --disable-compact-imports --disable-custom-descriptors --translate-to-exnref -g \
      "$from" -o "$dir/$name.wasm"
  else
    cp "$from" "$dir/$name.wasm"
  fi
done <"$list"
rm -rf "$dir/npm"
(cd "$dir" && wc -c ./*.wasm)
cp tests/modules.txt "$dir/installed.txt"
