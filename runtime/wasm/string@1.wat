;; wfxrt:string@1: text.
;;
;; A string is an array of UTF-8, which nobody changes once it is handed out. Strings are taken
;; to be well-formed; positions and lengths count code points.
;;
;;   $string  array (mut i8)
;;   $char    struct i32: a code point
;;   $cons    struct (ref null eq), (mut (ref null $cons)): a list cell
;;
;;   concat       [(ref $string) (ref $string)] -> [(ref $string)]
;;   equal        [(ref $string) (ref $string)] -> [i32]
;;   compare      [(ref $string) (ref $string)] -> [i32]   -1, 0 or 1, by code points
;;   length       [(ref $string)] -> [i32]
;;   slice        [(ref $string) i32 i32] -> [(ref $string)]   from a position on, so many; what
;;                is outside is left out
;;   of_char      [i32] -> [(ref $string)]
;;   explode      [(ref $string)] -> [(ref null $cons)]   the list of its $chars
;;   implode      [(ref null $cons)] -> [(ref $string)]   panic "not a character"
;;
;; Of int@1 and float@1, under other names:
;;
;;   from_int     [eqref] -> [(ref $string)]
;;   is_int       [(ref $string)] -> [i32]
;;   parse_int    [(ref $string)] -> [eqref]
;;   from_float   [f64] -> [(ref $string)]
;;   is_float     [(ref $string)] -> [i32]
;;   parse_float  [(ref $string)] -> [f64]
(module $string
  (type $string (array (mut i8)))
  (type $char (struct (field i32)))
  (type $cons (struct
    (field $head (ref null eq))
    (field $tail (mut (ref null $cons)))))

  (import "wfxrt:io@1" "panic" (func $panic (param (ref $string))))
  (import "wfxrt:int@1" "to_string" (func $int_to_string (param (ref null eq))
    (result (ref $string))))
  (import "wfxrt:int@1" "is_text" (func $int_is_text (param (ref $string)) (result i32)))
  (import "wfxrt:int@1" "parse" (func $int_parse (param (ref $string)) (result (ref null eq))))
  (import "wfxrt:float@1" "to_string" (func $float_to_string (param f64)
    (result (ref $string))))
  (import "wfxrt:float@1" "is_text" (func $float_is_text (param (ref $string)) (result i32)))
  (import "wfxrt:float@1" "parse" (func $float_parse (param (ref $string)) (result f64)))
  (export "from_int" (func $int_to_string))
  (export "is_int" (func $int_is_text))
  (export "parse_int" (func $int_parse))
  (export "from_float" (func $float_to_string))
  (export "is_float" (func $float_is_text))
  (export "parse_float" (func $float_parse))

  (data $not_char "not a character")

  (func $string_concat (export "concat") (param $a (ref $string)) (param $b (ref $string))
      (result (ref $string))
    (local $s (ref $string))
    (local.set $s
      (array.new_default $string
        (i32.add (array.len (local.get $a)) (array.len (local.get $b)))))
    (array.copy $string $string
      (local.get $s) (i32.const 0)
      (local.get $a) (i32.const 0) (array.len (local.get $a)))
    (array.copy $string $string
      (local.get $s) (array.len (local.get $a))
      (local.get $b) (i32.const 0) (array.len (local.get $b)))
    (local.get $s))

  (func $string_equal (export "equal") (param $a (ref $string)) (param $b (ref $string))
      (result i32)
    (local $i i32)
    (if (ref.eq (local.get $a) (local.get $b))
      (then (return (i32.const 1))))
    (if (i32.ne (array.len (local.get $a)) (array.len (local.get $b)))
      (then (return (i32.const 0))))
    (loop $bytes
      (if (i32.eq (local.get $i) (array.len (local.get $a)))
        (then (return (i32.const 1))))
      (if (i32.ne
            (array.get_u $string (local.get $a) (local.get $i))
            (array.get_u $string (local.get $b) (local.get $i)))
        (then (return (i32.const 0))))
      (local.set $i (i32.add (local.get $i) (i32.const 1)))
      (br $bytes))
    (unreachable))

  ;; UTF-8 orders bytes as it orders code points.
  (func $string_compare (export "compare") (param $a (ref $string)) (param $b (ref $string))
      (result i32)
    (local $i i32)
    (local $n i32)
    (local $x i32)
    (local $y i32)
    (local.set $x (array.len (local.get $a)))
    (local.set $y (array.len (local.get $b)))
    (local.set $n
      (select (local.get $x) (local.get $y) (i32.lt_u (local.get $x) (local.get $y))))
    ;; On leaving, x and y are the first bytes that differ, or the lengths.
    (block $decided
      (loop $bytes
        (br_if $decided (i32.eq (local.get $i) (local.get $n)))
        (local.set $x (array.get_u $string (local.get $a) (local.get $i)))
        (local.set $y (array.get_u $string (local.get $b) (local.get $i)))
        (local.set $i (i32.add (local.get $i) (i32.const 1)))
        (if (i32.eq (local.get $x) (local.get $y))
          (then
            (if (i32.eq (local.get $i) (local.get $n))
              (then
                (local.set $x (array.len (local.get $a)))
                (local.set $y (array.len (local.get $b)))))
            (br $bytes)))))
    (i32.sub
      (i32.gt_u (local.get $x) (local.get $y))
      (i32.lt_u (local.get $x) (local.get $y))))

  ;; Whether the byte at $i begins a code point.
  (func $string_is_first (param $s (ref $string)) (param $i i32) (result i32)
    (i32.ne
      (i32.and (array.get_u $string (local.get $s) (local.get $i)) (i32.const 0xc0))
      (i32.const 0x80)))

  (func $string_length (export "length") (param $s (ref $string)) (result i32)
    (local $i i32)
    (local $n i32)
    (block $end
      (loop $bytes
        (br_if $end (i32.eq (local.get $i) (array.len (local.get $s))))
        (local.set $n
          (i32.add (local.get $n) (call $string_is_first (local.get $s) (local.get $i))))
        (local.set $i (i32.add (local.get $i) (i32.const 1)))
        (br $bytes)))
    (local.get $n))

  ;; The byte $n code points behind byte $i, or the end.
  (func $string_skip (param $s (ref $string)) (param $i i32) (param $n i32) (result i32)
    (block $end
      (br_if $end (i32.le_s (local.get $n) (i32.const 0)))
      (loop $bytes
        (br_if $end (i32.ge_u (local.get $i) (array.len (local.get $s))))
        (local.set $i (i32.add (local.get $i) (i32.const 1)))
        (br_if $end (i32.ge_u (local.get $i) (array.len (local.get $s))))
        (local.set $n
          (i32.sub (local.get $n) (call $string_is_first (local.get $s) (local.get $i))))
        (br_if $bytes (local.get $n))))
    (local.get $i))

  (func $string_slice (export "slice") (param $s (ref $string)) (param $first i32)
      (param $n i32)
      (result (ref $string))
    (local $from i32)
    (local $to i32)
    (local $t (ref $string))
    (if (i32.lt_s (local.get $first) (i32.const 0))
      (then
        (if (i32.gt_s (local.get $n) (i32.const 0)) ;; so that the sum stays in range
          (then (local.set $n (i32.add (local.get $n) (local.get $first)))))
        (local.set $first (i32.const 0))))
    (local.set $from (call $string_skip (local.get $s) (i32.const 0) (local.get $first)))
    (local.set $to (call $string_skip (local.get $s) (local.get $from) (local.get $n)))
    (local.set $n (i32.sub (local.get $to) (local.get $from)))
    (local.set $t (array.new_default $string (local.get $n)))
    (array.copy $string $string
      (local.get $t) (i32.const 0) (local.get $s) (local.get $from) (local.get $n))
    (local.get $t))

  ;; ---- Code points

  ;; How many bytes a code point takes.
  (func $string_size (param $c i32) (result i32)
    (i32.add
      (i32.add (i32.const 1) (i32.gt_u (local.get $c) (i32.const 0x7f)))
      (i32.add
        (i32.gt_u (local.get $c) (i32.const 0x7ff))
        (i32.gt_u (local.get $c) (i32.const 0xffff)))))

  ;; Write a code point at byte $i; the byte behind it.
  (func $string_put (param $s (ref $string)) (param $i i32) (param $c i32) (result i32)
    (local $end i32)
    (local $at i32)
    (local $size i32)
    (local.set $size (call $string_size (local.get $c)))
    (local.set $end (i32.add (local.get $i) (local.get $size)))
    (if (i32.eq (local.get $size) (i32.const 1))
      (then
        (array.set $string (local.get $s) (local.get $i) (local.get $c))
        (return (local.get $end))))
    ;; Six bits in each byte, from the last to the second.
    (local.set $at (i32.sub (local.get $end) (i32.const 1)))
    (loop $bytes
      (array.set $string (local.get $s) (local.get $at)
        (i32.or (i32.const 0x80) (i32.and (local.get $c) (i32.const 0x3f))))
      (local.set $c (i32.shr_u (local.get $c) (i32.const 6)))
      (local.set $at (i32.sub (local.get $at) (i32.const 1)))
      (br_if $bytes (i32.gt_u (local.get $at) (local.get $i))))
    ;; As many high ones as there are bytes.
    (array.set $string (local.get $s) (local.get $i)
      (i32.or
        (local.get $c)
        (i32.shl (i32.const 0xf0) (i32.sub (i32.const 4) (local.get $size)))))
    (local.get $end))

  ;; The code point whose first byte is at $i.
  (func $string_at (param $s (ref $string)) (param $i i32) (result i32)
    (local $c i32)
    (local $n i32)
    (local.set $c (array.get_u $string (local.get $s) (local.get $i)))
    (if (i32.lt_u (local.get $c) (i32.const 0x80))
      (then (return (local.get $c))))
    ;; How many bytes follow; then the bits of the first.
    (local.set $n
      (i32.add
        (i32.const 1)
        (i32.add
          (i32.ge_u (local.get $c) (i32.const 0xe0))
          (i32.ge_u (local.get $c) (i32.const 0xf0)))))
    (local.set $c
      (i32.and (local.get $c) (i32.shr_u (i32.const 0x3f) (local.get $n))))
    (loop $bytes
      (local.set $i (i32.add (local.get $i) (i32.const 1)))
      (local.set $c
        (i32.or
          (i32.shl (local.get $c) (i32.const 6))
          (i32.and (array.get_u $string (local.get $s) (local.get $i)) (i32.const 0x3f))))
      (local.set $n (i32.sub (local.get $n) (i32.const 1)))
      (br_if $bytes (local.get $n)))
    (local.get $c))

  (func $string_of_char (export "of_char") (param $c i32) (result (ref $string))
    (local $s (ref $string))
    (local.set $s (array.new_default $string (call $string_size (local.get $c))))
    (drop (call $string_put (local.get $s) (i32.const 0) (local.get $c)))
    (local.get $s))

  (func $string_explode (export "explode") (param $s (ref $string)) (result (ref null $cons))
    (local $i i32)
    (local $list (ref null $cons))
    (local.set $i (array.len (local.get $s)))
    (block $end
      (loop $bytes
        (br_if $end (i32.eqz (local.get $i)))
        (local.set $i (i32.sub (local.get $i) (i32.const 1)))
        (br_if $bytes (i32.eqz (call $string_is_first (local.get $s) (local.get $i))))
        (local.set $list
          (struct.new $cons
            (struct.new $char (call $string_at (local.get $s) (local.get $i)))
            (local.get $list)))
        (br $bytes)))
    (local.get $list))

  ;; The code point of a list's first element.
  (func $string_head (param $cell (ref $cons)) (result i32)
    (block $char (result (ref $char))
      (br_on_cast $char (ref null eq) (ref $char) (struct.get $cons $head (local.get $cell)))
      (drop)
      (call $panic (array.new_data $string $not_char (i32.const 0) (i32.const 15)))
      (unreachable))
    (struct.get $char 0))

  (func $string_implode (export "implode") (param $list (ref null $cons)) (result (ref $string))
    (local $cell (ref $cons))
    (local $rest (ref null $cons))
    (local $n i32)
    (local $i i32)
    (local $s (ref $string))
    (local.set $rest (local.get $list))
    (block $counted
      (loop $cells
        (local.set $cell (br_on_null $counted (local.get $rest)))
        (local.set $n
          (i32.add (local.get $n) (call $string_size (call $string_head (local.get $cell)))))
        (local.set $rest (struct.get $cons $tail (local.get $cell)))
        (br $cells)))
    (local.set $s (array.new_default $string (local.get $n)))
    (local.set $rest (local.get $list))
    (block $written
      (loop $cells
        (local.set $cell (br_on_null $written (local.get $rest)))
        (local.set $i
          (call $string_put
            (local.get $s) (local.get $i) (call $string_head (local.get $cell))))
        (local.set $rest (struct.get $cons $tail (local.get $cell)))
        (br $cells)))
    (local.get $s)))
