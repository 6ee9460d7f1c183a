;; wfxrt:show@1: any value as source text.
;;
;;   show  [eqref] -> [(ref $string)]
;;
;;   integer    42, -7            string     "a\"b\n"
;;   float      3.0, 1e-07        list       [1, 2], []
;;   character  'c', '\''         record     (x=1, y=2), (1=5)
;;   boolean    true, false       tuple      (1, true), ()
;;   variant    Just(42), Pair(1, 2), At(x = 1), Nothing where the payload is unit
;;   others     fun
;;
;; The kinds of values are those of value@1. Constant stack, whatever the value's depth; cyclic
;; values do not end.
(module $show
  (type $string (array (mut i8)))
  (type $int64 (struct (field i64)))
  (type $float (struct (field f64)))
  (type $char (struct (field i32)))
  (type $bool (struct (field i8)))
  (type $cons (struct
    (field $head (ref null eq))
    (field $tail (mut (ref null $cons)))))
  (type $label (struct (field $id i32) (field $name (ref $string))))
  (type $shape (array (mut (ref $label))))
  (type $fields (array (mut (ref null eq))))
  (type $record (struct (field $shape (ref $shape)) (field $fields (ref $fields))))
  (type $variant (struct (field $label (ref $label)) (field $payload (ref null eq))))

  ;; Text being made: the first n bytes.
  (type $buffer (struct
    (field $bytes (mut (ref $string)))
    (field $n (mut i32))))
  ;; What is still to be shown, first things first: by $kind
  ;;   0  the value
  ;;   1  the rest of a list behind an element
  ;;   2  the fields of a record from place $i on
  ;;   3  a closing parenthesis
  (type $work (struct
    (field $kind i32)
    (field $value (ref null eq))
    (field $i i32)
    (field $next (ref null $work))))

  (import "wfxrt:int@1" "is" (func $int_is (param (ref null eq)) (result i32)))
  (import "wfxrt:int@1" "to_string"
    (func $int_to_string (param (ref null eq)) (result (ref $string))))
  (import "wfxrt:float@1" "to_string" (func $float_to_string (param f64)
    (result (ref $string))))
  (import "wfxrt:string@1" "of_char" (func $string_of_char (param i32) (result (ref $string))))

  (data $words "truefalsefun,  = ")

  ;; ---- The buffer

  (func $buffer_new (result (ref $buffer))
    (struct.new $buffer (array.new_default $string (i32.const 64)) (i32.const 0)))

  (func $buffer_reserve (param $b (ref $buffer)) (param $extra i32)
    (local $bytes (ref $string))
    (local $needed i32)
    (local.set $needed (i32.add (struct.get $buffer $n (local.get $b)) (local.get $extra)))
    (if (i32.le_u (local.get $needed) (array.len (struct.get $buffer $bytes (local.get $b))))
      (then (return)))
    (local.set $bytes
      (array.new_default $string (i32.shl (local.get $needed) (i32.const 1))))
    (array.copy $string $string
      (local.get $bytes) (i32.const 0)
      (struct.get $buffer $bytes (local.get $b)) (i32.const 0)
      (struct.get $buffer $n (local.get $b)))
    (struct.set $buffer $bytes (local.get $b) (local.get $bytes)))

  (func $buffer_put (param $b (ref $buffer)) (param $c i32)
    (call $buffer_reserve (local.get $b) (i32.const 1))
    (array.set $string
      (struct.get $buffer $bytes (local.get $b)) (struct.get $buffer $n (local.get $b))
      (local.get $c))
    (struct.set $buffer $n (local.get $b)
      (i32.add (struct.get $buffer $n (local.get $b)) (i32.const 1))))

  (func $buffer_append (param $b (ref $buffer)) (param $s (ref $string))
    (call $buffer_reserve (local.get $b) (array.len (local.get $s)))
    (array.copy $string $string
      (struct.get $buffer $bytes (local.get $b)) (struct.get $buffer $n (local.get $b))
      (local.get $s) (i32.const 0) (array.len (local.get $s)))
    (struct.set $buffer $n (local.get $b)
      (i32.add (struct.get $buffer $n (local.get $b)) (array.len (local.get $s)))))

  ;; Part of $words.
  (func $buffer_word (param $b (ref $buffer)) (param $at i32) (param $n i32)
    (call $buffer_append (local.get $b)
      (array.new_data $string $words (local.get $at) (local.get $n))))

  (func $hex_digit (param $x i32) (result i32)
    (i32.add
      (i32.add (i32.const 48) (local.get $x))
      (i32.mul (i32.const 39) (i32.gt_u (local.get $x) (i32.const 9)))))

  ;; One byte of a quoted text; bytes of longer code points stay as they are.
  (func $buffer_escape (param $b (ref $buffer)) (param $c i32) (param $quote i32)
    (local $letter i32)
    (if (i32.or
          (i32.eq (local.get $c) (local.get $quote))
          (i32.eq (local.get $c) (i32.const 92)))
      (then (local.set $letter (local.get $c))))
    (if (i32.eq (local.get $c) (i32.const 10)) (then (local.set $letter (i32.const 110))))
    (if (i32.eq (local.get $c) (i32.const 13)) (then (local.set $letter (i32.const 114))))
    (if (i32.eq (local.get $c) (i32.const 9)) (then (local.set $letter (i32.const 116))))
    (if (local.get $letter)
      (then
        (call $buffer_put (local.get $b) (i32.const 92))
        (return_call $buffer_put (local.get $b) (local.get $letter))))
    (if (i32.ge_u (local.get $c) (i32.const 32))
      (then (return_call $buffer_put (local.get $b) (local.get $c))))
    (call $buffer_put (local.get $b) (i32.const 92))
    (call $buffer_put (local.get $b) (i32.const 120))
    (call $buffer_put (local.get $b)
      (call $hex_digit (i32.shr_u (local.get $c) (i32.const 4))))
    (call $buffer_put (local.get $b)
      (call $hex_digit (i32.and (local.get $c) (i32.const 15)))))

  (func $buffer_quote (param $b (ref $buffer)) (param $s (ref $string)) (param $quote i32)
    (local $i i32)
    (call $buffer_put (local.get $b) (local.get $quote))
    (block $end
      (loop $bytes
        (br_if $end (i32.eq (local.get $i) (array.len (local.get $s))))
        (call $buffer_escape
          (local.get $b) (array.get_u $string (local.get $s) (local.get $i))
          (local.get $quote))
        (local.set $i (i32.add (local.get $i) (i32.const 1)))
        (br $bytes)))
    (call $buffer_put (local.get $b) (local.get $quote)))

  ;; ---- Records

  ;; Whether the labels are 1 to n, with n other than 1. Numbers come first and each label once:
  ;; the last one decides.
  (func $is_tuple (param $shape (ref $shape)) (result i32)
    (local $n i32)
    (local $name (ref $string))
    (local $i i32)
    (local $number i64)
    (local.set $n (array.len (local.get $shape)))
    (if (i32.eqz (local.get $n)) (then (return (i32.const 1))))
    (if (i32.eq (local.get $n) (i32.const 1)) (then (return (i32.const 0))))
    (local.set $name
      (struct.get $label $name
        (array.get $shape (local.get $shape) (i32.sub (local.get $n) (i32.const 1)))))
    (if (i32.gt_u (array.len (local.get $name)) (i32.const 10))
      (then (return (i32.const 0))))
    (block $end
      (loop $digits
        (br_if $end (i32.eq (local.get $i) (array.len (local.get $name))))
        (local.set $number
          (i64.add
            (i64.mul (local.get $number) (i64.const 10))
            (i64.sub
              (i64.extend_i32_u (array.get_u $string (local.get $name) (local.get $i)))
              (i64.const 48))))
        (local.set $i (i32.add (local.get $i) (i32.const 1)))
        (br $digits)))
    (i64.eq (local.get $number) (i64.extend_i32_u (local.get $n))))

  ;; The next field of a record and what then is still to be done.
  (func $show_field (param $b (ref $buffer)) (param $r (ref $record)) (param $i i32)
      (param $next (ref null $work)) (result (ref null $work))
    (local $shape (ref $shape))
    (local.set $shape (struct.get $record $shape (local.get $r)))
    (if (i32.eq (local.get $i) (array.len (local.get $shape)))
      (then
        (call $buffer_put (local.get $b) (i32.const 41))
        (return (local.get $next))))
    (if (local.get $i)
      (then (call $buffer_word (local.get $b) (i32.const 12) (i32.const 2))))
    (if (i32.eqz (call $is_tuple (local.get $shape)))
      (then
        (call $buffer_append (local.get $b)
          (struct.get $label $name (array.get $shape (local.get $shape) (local.get $i))))
        (call $buffer_word (local.get $b) (i32.const 14) (i32.const 3))))
    (struct.new $work
      (i32.const 0)
      (array.get $fields (struct.get $record $fields (local.get $r)) (local.get $i))
      (i32.const 0)
      (struct.new $work
        (i32.const 2)
        (local.get $r)
        (i32.add (local.get $i) (i32.const 1))
        (local.get $next))))

  ;; ---- Values

  (func $show_list (param $b (ref $buffer)) (param $l (ref null $cons))
      (param $next (ref null $work))
      (result (ref null $work))
    (if (ref.is_null (local.get $l))
      (then
        (call $buffer_put (local.get $b) (i32.const 93))
        (return (local.get $next))))
    (struct.new $work
      (i32.const 0)
      (struct.get $cons $head (local.get $l))
      (i32.const 0)
      (struct.new $work
        (i32.const 1)
        (struct.get $cons $tail (local.get $l))
        (i32.const 0)
        (local.get $next))))

  (func $show_variant (param $b (ref $buffer)) (param $v (ref $variant))
      (param $next (ref null $work))
      (result (ref null $work))
    (local $record (ref $record))
    (call $buffer_append (local.get $b)
      (struct.get $label $name (struct.get $variant $label (local.get $v))))
    (block $other
      (block $record (result (ref $record))
        (drop
          (br_on_cast $record (ref null eq) (ref $record)
            (struct.get $variant $payload (local.get $v))))
        (br $other))
      ;; A record's own parentheses do, and unit needs none.
      (local.set $record)
      (if (array.len (struct.get $record $fields (local.get $record)))
        (then
          (return
            (struct.new $work
              (i32.const 0) (local.get $record) (i32.const 0) (local.get $next)))))
      (return (local.get $next)))
    (call $buffer_put (local.get $b) (i32.const 40))
    (struct.new $work
      (i32.const 0)
      (struct.get $variant $payload (local.get $v))
      (i32.const 0)
      (struct.new $work (i32.const 3) (ref.null eq) (i32.const 0) (local.get $next))))

  ;; Begin to show a value; what then is still to be done.
  (func $show_value (param $b (ref $buffer)) (param $x (ref null eq))
      (param $next (ref null $work))
      (result (ref null $work))
    (if (call $int_is (local.get $x))
      (then
        (call $buffer_append (local.get $b) (call $int_to_string (local.get $x)))
        (return (local.get $next))))
    (if (ref.test (ref null $cons) (local.get $x))
      (then
        (call $buffer_put (local.get $b) (i32.const 91))
        (return_call $show_list
          (local.get $b) (ref.cast (ref null $cons) (local.get $x)) (local.get $next))))
    (if (ref.test (ref $string) (local.get $x))
      (then
        (call $buffer_quote
          (local.get $b) (ref.cast (ref $string) (local.get $x)) (i32.const 34))
        (return (local.get $next))))
    (if (ref.test (ref $record) (local.get $x))
      (then
        (call $buffer_put (local.get $b) (i32.const 40))
        (return_call $show_field
          (local.get $b) (ref.cast (ref $record) (local.get $x)) (i32.const 0)
          (local.get $next))))
    (if (ref.test (ref $variant) (local.get $x))
      (then
        (return_call $show_variant
          (local.get $b) (ref.cast (ref $variant) (local.get $x)) (local.get $next))))
    (if (ref.test (ref $bool) (local.get $x))
      (then
        (if (struct.get_u $bool 0 (ref.cast (ref $bool) (local.get $x)))
          (then (call $buffer_word (local.get $b) (i32.const 0) (i32.const 4)))
          (else (call $buffer_word (local.get $b) (i32.const 4) (i32.const 5))))
        (return (local.get $next))))
    (if (ref.test (ref $float) (local.get $x))
      (then
        (call $buffer_append (local.get $b)
          (call $float_to_string
            (struct.get $float 0 (ref.cast (ref $float) (local.get $x)))))
        (return (local.get $next))))
    (if (ref.test (ref $char) (local.get $x))
      (then
        (call $buffer_quote (local.get $b)
          (call $string_of_char (struct.get $char 0 (ref.cast (ref $char) (local.get $x))))
          (i32.const 39))
        (return (local.get $next))))
    (call $buffer_word (local.get $b) (i32.const 9) (i32.const 3))
    (local.get $next))

  ;; Go on with a list behind an element.
  (func $show_rest (param $b (ref $buffer)) (param $l (ref null $cons))
      (param $next (ref null $work))
      (result (ref null $work))
    (if (i32.eqz (ref.is_null (local.get $l)))
      (then (call $buffer_word (local.get $b) (i32.const 12) (i32.const 2))))
    (return_call $show_list (local.get $b) (local.get $l) (local.get $next)))

  (func $show (export "show") (param $x (ref null eq)) (result (ref $string))
    (local $b (ref $buffer))
    (local $work (ref null $work))
    (local $item (ref $work))
    (local $s (ref $string))
    (local.set $b (call $buffer_new))
    (local.set $work (call $show_value (local.get $b) (local.get $x) (ref.null $work)))
    (block $done
      (loop $items
        (local.set $item (br_on_null $done (local.get $work)))
        (local.set $work (struct.get $work $next (local.get $item)))
        (block $close
        (block $record
        (block $list
        (block $value
          (br_table $value $list $record $close (struct.get $work $kind (local.get $item))))
        ;; $value
        (local.set $work
          (call $show_value
            (local.get $b) (struct.get $work $value (local.get $item)) (local.get $work)))
        (br $items))
        ;; $list
        (local.set $work
          (call $show_rest (local.get $b)
            (ref.cast (ref null $cons) (struct.get $work $value (local.get $item)))
            (local.get $work)))
        (br $items))
        ;; $record
        (local.set $work
          (call $show_field (local.get $b)
            (ref.cast (ref $record) (struct.get $work $value (local.get $item)))
            (struct.get $work $i (local.get $item))
            (local.get $work)))
        (br $items))
        ;; $close
        (call $buffer_put (local.get $b) (i32.const 41))
        (br $items)))
    (local.set $s (array.new_default $string (struct.get $buffer $n (local.get $b))))
    (array.copy $string $string
      (local.get $s) (i32.const 0)
      (struct.get $buffer $bytes (local.get $b)) (i32.const 0) (array.len (local.get $s)))
    (local.get $s)))
