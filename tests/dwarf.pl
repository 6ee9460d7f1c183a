# dwarf.pl: helpers of tests/dwarf.sh.
#
# alone IN OUT: the debug sections of a module in a module of their own. LLVM 19 reads no module with
#   types of garbage collection or stack switching.
# lines OBJDUMP TABLE FOLDER: hold the instructions (wfx objdump) against a line table (llvm-dwarfdump
#   --debug-line): in text, the place that it names for an instruction must hold it, or the end of a
#   folded one; in other sources, its line must hold the constant. Prints how many were compared.
use strict;
use warnings;

sub slurp {
  my ($path) = @_;
  open my $file, '<:raw', $path or die "$path: $!\n";
  local $/;
  return scalar <$file>;
}

sub leb {
  my ($bytes, $at) = @_;
  my ($x, $shift) = (0, 0);
  while (1) {
    my $byte = ord substr $bytes, $$at++, 1;
    $x |= ($byte & 127) << $shift;
    $shift += 7;
    return $x if $byte < 128;
  }
}

sub alone {
  my ($in, $out) = @_;
  my $module = slurp($in);
  my ($at, $kept) = (8, '');
  while ($at < length $module) {
    my $begin = $at++;
    my $size = leb($module, \$at);
    my $name_at = $at;
    my $name = substr $module, $name_at, leb($module, \$name_at);
    $at += $size;
    next if ord(substr $module, $begin, 1) != 0;
    $name = substr $module, $name_at, length $name;
    $kept .= substr $module, $begin, $at - $begin if $name =~ /^\.debug_/;
  }
  open my $file, '>:raw', $out or die "$out: $!\n";
  print $file "\0asm\1\0\0\0", $kept;
}

# The rows of a line table: [address, line, column, file, whether it ends a sequence].
sub rows {
  my ($file, @files, @rows) = (0);
  for (split /\n/, slurp(shift)) {
    $file = $1 if /^file_names\[ *(\d+)\]/;
    $files[$file] = $1 if /^ +name: "(.*)"/;
    push @rows, [hex $1, $2, $3, $files[$4], $5]
      if /^0x([0-9a-f]+) +(\d+) +(\d+) +(\d+) .*?(end_sequence)?$/;
  }
  return @rows;
}

# Whether the instruction is what stands at a place in the source; undef: nothing can be said.
sub is_there {
  my ($inst, $name, $text, $column) = @_;
  my ($op, $number) = $inst =~ /^(\S+)(?: (-?\d+))?/;
  if ($name !~ /\.wat$/) {
    # Among constants of the compiler's own those of a .links program are known by their size.
    return undef unless $op =~ /const/ && ($name =~ /\.src$/ || $number =~ /^7\d{4}$/);
    return $text =~ /\b$number\b/;
  }
  my $there = substr $text, $column - 1;
  return $there =~ /^\)/ ? $op eq 'end' : $there =~ /^\Q$op\E\b/;
}

sub compare {
  my ($dump, $table, $folder) = @_;
  my @rows = rows($table);
  my ($is_code, $base, $n, $n_bad, $i, %lines) = (0, 0, 0, 0, 0);
  for (split /\n/, slurp($dump)) {
    $is_code = /^section 10 / if /^section /;
    $base = hex $1 if $is_code && /^section .*content at 0x([0-9a-f]+)/;
    next unless $is_code && /^    ([0-9a-f]{8}): [0-9a-f ]*\| *(.*)/;
    my ($at, $inst) = (hex($1) - $base, $2);
    $i++ while $i + 1 < @rows && $rows[$i + 1][0] <= $at;
    my (undef, $line, $column, $name, $is_end) = @{$rows[$i]};
    next if $line == 0 || $is_end || !-f "$folder/$name";
    $lines{$name} //= [split /\n/, slurp("$folder/$name")];
    my $text = $lines{$name}[$line - 1];
    my $is_it = is_there($inst, $name, $text // '', $column);
    next unless defined $is_it;
    $n++;
    next if $is_it;
    $n_bad++;
    print "at $at: $inst, but $name:$line:$column is $text\n";
  }
  print "$n compared, $n_bad wrong\n";
}

my $what = shift;
if ($what eq 'alone') { alone(@ARGV) } else { compare(@ARGV) }
