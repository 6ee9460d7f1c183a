# rooms.awk: who includes whom. awk -f tests/rooms.awk tests/rooms.txt FILE...
#
# Reads the table of rooms.txt, then every source file, and prints each include that the table does
# not allow. Exit 1 if there is one.

FNR == 1 { dir = FILENAME; sub(/\/[^\/]*$/, "", dir) }

# The table: may["libwasmfx/ir base"], and known[room].
FILENAME == ARGV[1] {
  if ($0 ~ /^#/ || $0 ~ /^[ \t]*$/) next
  split($0, part, ":")
  room = part[1]
  known[room] = 1
  n = split(part[2], items, " ")
  for (i = 1; i <= n; i++) may[room " " items[i]] = 1
  next
}

/^[ \t]*#[ \t]*include[ \t]/ {
  match($0, /[<"][^>"]*[>"]/)
  quote = substr($0, RSTART, 1)
  path = substr($0, RSTART + 1, RLENGTH - 2)
  room = dir
  if (FILENAME in known) room = FILENAME
  if (FILENAME == "libwasmfx/one.c") next
  if (quote == "<") {
    # The C library, zlib and the public headers; none of the house's own rooms.
    if (path ~ /^(base|ir|valid|build|handler|binary|text|load|pass|link|heap|store|engine)\//)
      complain("an internal header in angle brackets")
    if (path ~ /^llvm-c\// && FILENAME != "codegen/cg.h") complain("llvm-c outside codegen/cg.h")
    next
  }
  if (!(room in known)) { complain("no row in tests/rooms.txt for " room); next }
  own = dir
  sub(/^.*\//, "", own)
  to = path
  if (sub(/\/[^\/]*$/, "", to) == 0) {
    # No folder named: a list (.def) beside the file, or one that the build makes (.inc).
    if (path !~ /\.(def|inc)$/) complain("an include that names no room")
    next
  }
  if (to == own && room == dir) next
  if ((room " " to) in may || (room " " path) in may) next
  complain(room " may not include this")
}

function complain(why) {
  print FILENAME ":" FNR ": " path ": " why
  bad = 1
}

END { exit bad }
