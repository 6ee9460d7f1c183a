# calls.awk: whether a room calls only the rooms of its row. Reads rooms.txt, then "nm -A" of the
# library's objects, whose paths end in libwasmfx/ROOM/FILE.o.

FNR == NR {
  if ($0 !~ /^libwasmfx\/[a-z]*:/) next
  split($0, part, ":")
  room = substr(part[1], 11)
  n = split(part[2], items, " ")
  for (i = 1; i <= n; i++) {
    to = items[i]
    sub(/\/.*/, "", to)
    may[room " " to] = 1
  }
  next
}
match($0, /libwasmfx\/[a-z]+\/[a-z0-9_]+\.o:/) {
  path = substr($0, RSTART, RLENGTH - 1)
  split(path, part, "/")
  kind = $(NF - 1)
  if (kind == "U") uses[path " " $NF] = part[2]
  else if (kind ~ /^[TDRBVW]$/) home[$NF] = part[2]
}
END {
  for (use in uses) {
    split(use, part, " ")
    room = uses[use]
    to = home[part[2]]
    if (to != "" && to != room && !((room " " to) in may))
      print part[1] " calls " part[2] " of " to
  }
}
