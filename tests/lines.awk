# lines.awk: long files, headers and functions, as places to look. awk -f tests/lines.awk FILE...

FNR == 1 {
  if (NR > 1) end_file()
  file = FILENAME
  start = 0
}
{ n = FNR }

# A function begins with a line in column 0 that ends in an opening brace, or goes on to one.
/^[A-Za-z]/ && !/;[ \t]*$/ && !/^(struct|union|enum|typedef|extern) [^(]*$/ && /\(/ { head = FNR; text = $0 }
/\{[ \t]*$/ && head && !start && text !~ /=/ { start = head }
/^}/ {
  if (start && FNR - start + 1 > 80) {
    sub(/\(.*/, "", text)
    sub(/.*[ *]/, "", text)
    print file ":" start ": function " text ", " FNR - start + 1 " lines"
  }
  start = head = 0
}
function end_file() {
  if (file ~ /^include\/.*\.h$/ && n > 500) print file ": public header, " n " lines"
  else if (file ~ /\.[ch]$/ && n > 1000) print file ": " n " lines"
}
END { end_file() }
