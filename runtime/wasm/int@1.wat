;; wfxrt:int@1: whole numbers.
;;
;; An integer is a value of type (ref null eq): an i31 if it fits, otherwise an $int64. So an
;; integer has one form only, and two small ones are equal when ref.eq says so. Results that do
;; not fit in 64 bits are the panic "integer overflow", an operand that is no integer is the
;; panic "not an integer".
;;
;;   $int64   struct i64
;;   $string  array (mut i8): UTF-8
;;
;;   is         [eqref] -> [i32]            whether a value is an integer
;;   to_i64     [eqref] -> [i64]
;;   of_i64     [i64] -> [eqref]
;;   add sub mul [eqref eqref] -> [eqref]
;;   neg        [eqref] -> [eqref]
;;   quot rem   [eqref eqref] -> [eqref]    rounding to zero; panic "division by zero"
;;   div mod    [eqref eqref] -> [eqref]    Euclidean, 0 <= mod < |b|; a div 0 = 0, a mod 0 = a
;;   compare    [eqref eqref] -> [i32]      -1, 0 or 1
;;   to_string  [eqref] -> [(ref $string)]  decimal
;;   is_text    [(ref $string)] -> [i32]    an optional minus, then decimal digits
;;   parse      [(ref $string)] -> [eqref]  panic "not an integer"
(module $int
  (type $string (array (mut i8)))
  (type $int64 (struct (field i64)))
  (import "wfxrt:io@1" "panic" (func $panic (param (ref $string))))

  (data $not_integer "not an integer")
  (data $overflow "integer overflow")
  (data $by_zero "division by zero")

  (func $int_fail_kind
    (call $panic (array.new_data $string $not_integer (i32.const 0) (i32.const 14)))
    (unreachable))
  (func $int_fail_overflow
    (call $panic (array.new_data $string $overflow (i32.const 0) (i32.const 16)))
    (unreachable))
  (func $int_fail_by_zero
    (call $panic (array.new_data $string $by_zero (i32.const 0) (i32.const 16)))
    (unreachable))

  (func $int_is (export "is") (param $x (ref null eq)) (result i32)
    (i32.or
      (ref.test (ref i31) (local.get $x))
      (ref.test (ref $int64) (local.get $x))))

  (func $int_to_i64 (export "to_i64") (param $x (ref null eq)) (result i64)
    (block $boxed (result (ref $int64))
      (block $small (result (ref i31))
        (br_on_cast $small (ref null eq) (ref i31) (local.get $x))
        (br_on_cast $boxed (ref null eq) (ref $int64))
        (drop)
        (call $int_fail_kind)
        (unreachable))
      (return (i64.extend_i32_s (i31.get_s))))
    (struct.get $int64 0))

  (func $int_of_i64 (export "of_i64") (param $x i64) (result (ref null eq))
    (if (i64.lt_u (i64.add (local.get $x) (i64.const 0x40000000)) (i64.const 0x80000000))
      (then (return (ref.i31 (i32.wrap_i64 (local.get $x))))))
    (struct.new $int64 (local.get $x)))

  ;; The sum of two i31 is an i32: whether it is an i31 again shows in its two highest bits.
  (func $int_of_i32 (param $x i32) (result (ref null eq))
    (if (i32.eq
          (i32.shr_s (i32.shl (local.get $x) (i32.const 1)) (i32.const 1))
          (local.get $x))
      (then (return (ref.i31 (local.get $x)))))
    (struct.new $int64 (i64.extend_i32_s (local.get $x))))

  (func $int_add (export "add") (param $x (ref null eq)) (param $y (ref null eq))
      (result (ref null eq))
    (local $a i64)
    (local $b i64)
    (local $sum i64)
    (if (i32.and (ref.test (ref i31) (local.get $x)) (ref.test (ref i31) (local.get $y)))
      (then
        (return_call $int_of_i32
          (i32.add
            (i31.get_s (ref.cast (ref i31) (local.get $x)))
            (i31.get_s (ref.cast (ref i31) (local.get $y)))))))
    (local.set $a (call $int_to_i64 (local.get $x)))
    (local.set $b (call $int_to_i64 (local.get $y)))
    (local.set $sum (i64.add (local.get $a) (local.get $b)))
    ;; Overflow: the sum's sign differs from both.
    (if (i64.lt_s
          (i64.and
            (i64.xor (local.get $a) (local.get $sum))
            (i64.xor (local.get $b) (local.get $sum)))
          (i64.const 0))
      (then (call $int_fail_overflow)))
    (return_call $int_of_i64 (local.get $sum)))

  (func $int_sub (export "sub") (param $x (ref null eq)) (param $y (ref null eq))
      (result (ref null eq))
    (local $a i64)
    (local $b i64)
    (local $difference i64)
    (if (i32.and (ref.test (ref i31) (local.get $x)) (ref.test (ref i31) (local.get $y)))
      (then
        (return_call $int_of_i32
          (i32.sub
            (i31.get_s (ref.cast (ref i31) (local.get $x)))
            (i31.get_s (ref.cast (ref i31) (local.get $y)))))))
    (local.set $a (call $int_to_i64 (local.get $x)))
    (local.set $b (call $int_to_i64 (local.get $y)))
    (local.set $difference (i64.sub (local.get $a) (local.get $b)))
    ;; Overflow: the signs differ, and the difference's is not that of the first.
    (if (i64.lt_s
          (i64.and
            (i64.xor (local.get $a) (local.get $b))
            (i64.xor (local.get $a) (local.get $difference)))
          (i64.const 0))
      (then (call $int_fail_overflow)))
    (return_call $int_of_i64 (local.get $difference)))

  (func $int_mul (export "mul") (param $x (ref null eq)) (param $y (ref null eq))
      (result (ref null eq))
    (local $a i64)
    (local $b i64)
    (local $product i64)
    (local.set $a (call $int_to_i64 (local.get $x)))
    (local.set $b (call $int_to_i64 (local.get $y)))
    (local.set $product (i64.mul (local.get $a) (local.get $b)))
    (block $fits
      ;; Two factors of 32 bits always fit.
      (br_if $fits
        (i64.lt_u
          (i64.or
            (i64.add (local.get $a) (i64.const 0x80000000))
            (i64.add (local.get $b) (i64.const 0x80000000)))
          (i64.const 0x100000000)))
      (br_if $fits (i64.eqz (local.get $a)))
      ;; Division undoes the product, but for -1 times the least number, which div_s must not
      ;; see.
      (if (i64.eq (local.get $a) (i64.const -1))
        (then
          (br_if $fits (i64.ne (local.get $b) (i64.const 0x8000000000000000)))
          (call $int_fail_overflow)))
      (br_if $fits
        (i64.eq (i64.div_s (local.get $product) (local.get $a)) (local.get $b)))
      (call $int_fail_overflow))
    (return_call $int_of_i64 (local.get $product)))

  (func $int_neg (export "neg") (param $x (ref null eq)) (result (ref null eq))
    (return_call $int_sub (ref.i31 (i32.const 0)) (local.get $x)))

  (func $int_quot (export "quot") (param $x (ref null eq)) (param $y (ref null eq))
      (result (ref null eq))
    (local $b i64)
    (local.set $b (call $int_to_i64 (local.get $y)))
    (if (i64.eqz (local.get $b))
      (then (call $int_fail_by_zero)))
    (if (i64.eq (local.get $b) (i64.const -1))
      (then (return_call $int_neg (local.get $x))))
    (return_call $int_of_i64 (i64.div_s (call $int_to_i64 (local.get $x)) (local.get $b))))

  (func $int_rem (export "rem") (param $x (ref null eq)) (param $y (ref null eq))
      (result (ref null eq))
    (local $b i64)
    (local.set $b (call $int_to_i64 (local.get $y)))
    (if (i64.eqz (local.get $b))
      (then (call $int_fail_by_zero)))
    (return_call $int_of_i64 (i64.rem_s (call $int_to_i64 (local.get $x)) (local.get $b))))

  (func $int_div (export "div") (param $x (ref null eq)) (param $y (ref null eq))
      (result (ref null eq))
    (local $a i64)
    (local $b i64)
    (local $q i64)
    (local.set $a (call $int_to_i64 (local.get $x)))
    (local.set $b (call $int_to_i64 (local.get $y)))
    (if (i64.eqz (local.get $b))
      (then (return (ref.i31 (i32.const 0)))))
    (if (i64.eq (local.get $b) (i64.const -1))
      (then (return_call $int_neg (local.get $x))))
    (local.set $q (i64.div_s (local.get $a) (local.get $b)))
    ;; A negative remainder is made positive at the quotient's cost.
    (if (i64.lt_s (i64.rem_s (local.get $a) (local.get $b)) (i64.const 0))
      (then
        (local.set $q
          (i64.add
            (local.get $q)
            (select (i64.const -1) (i64.const 1) (i64.gt_s (local.get $b) (i64.const 0)))))))
    (return_call $int_of_i64 (local.get $q)))

  (func $int_mod (export "mod") (param $x (ref null eq)) (param $y (ref null eq))
      (result (ref null eq))
    (local $b i64)
    (local $r i64)
    (local.set $b (call $int_to_i64 (local.get $y)))
    (if (i64.eqz (local.get $b))
      (then
        (drop (call $int_to_i64 (local.get $x)))
        (return (local.get $x))))
    (local.set $r (i64.rem_s (call $int_to_i64 (local.get $x)) (local.get $b)))
    (if (i64.lt_s (local.get $r) (i64.const 0))
      (then
        (local.set $r
          (if (result i64) (i64.gt_s (local.get $b) (i64.const 0))
            (then (i64.add (local.get $r) (local.get $b)))
            (else (i64.sub (local.get $r) (local.get $b)))))))
    (return_call $int_of_i64 (local.get $r)))

  (func $int_compare (export "compare") (param $x (ref null eq)) (param $y (ref null eq))
      (result i32)
    (local $a i64)
    (local $b i64)
    (local.set $a (call $int_to_i64 (local.get $x)))
    (local.set $b (call $int_to_i64 (local.get $y)))
    (i32.sub
      (i64.gt_s (local.get $a) (local.get $b))
      (i64.lt_s (local.get $a) (local.get $b))))

  (func $int_to_string (export "to_string") (param $x (ref null eq)) (result (ref $string))
    (local $a i64)
    (local $rest i64)
    (local $at i32)
    (local $s (ref $string))
    (local.set $a (call $int_to_i64 (local.get $x)))
    ;; Count: a digit at least, and the sign.
    (local.set $at (i64.lt_s (local.get $a) (i64.const 0)))
    (local.set $rest (local.get $a))
    (loop $count
      (local.set $at (i32.add (local.get $at) (i32.const 1)))
      (local.set $rest (i64.div_s (local.get $rest) (i64.const 10)))
      (br_if $count (i64.ne (local.get $rest) (i64.const 0))))
    (local.set $s (array.new $string (i32.const 45) (local.get $at))) ;; filled with '-'
    ;; As an unsigned number: the least one has no positive counterpart.
    (local.set $rest
      (if (result i64) (i64.lt_s (local.get $a) (i64.const 0))
        (then (i64.sub (i64.const 0) (local.get $a)))
        (else (local.get $a))))
    (loop $digits
      (local.set $at (i32.sub (local.get $at) (i32.const 1)))
      (array.set $string (local.get $s) (local.get $at)
        (i32.add
          (i32.const 48)
          (i32.wrap_i64 (i64.rem_u (local.get $rest) (i64.const 10)))))
      (local.set $rest (i64.div_u (local.get $rest) (i64.const 10)))
      (br_if $digits (i64.ne (local.get $rest) (i64.const 0))))
    (local.get $s))

  ;; Whether a text begins with a minus.
  (func $int_has_minus (param $s (ref $string)) (result i32)
    (if (i32.eqz (array.len (local.get $s)))
      (then (return (i32.const 0))))
    (i32.eq (array.get_u $string (local.get $s) (i32.const 0)) (i32.const 45)))

  (func $int_is_text (export "is_text") (param $s (ref $string)) (result i32)
    (local $at i32)
    (local.set $at (call $int_has_minus (local.get $s)))
    (if (i32.eq (local.get $at) (array.len (local.get $s)))
      (then (return (i32.const 0))))
    (loop $digits
      (if (i32.ge_u
            (i32.sub (array.get_u $string (local.get $s) (local.get $at)) (i32.const 48))
            (i32.const 10))
        (then (return (i32.const 0))))
      (local.set $at (i32.add (local.get $at) (i32.const 1)))
      (br_if $digits (i32.lt_u (local.get $at) (array.len (local.get $s)))))
    (i32.const 1))

  (func $int_parse (export "parse") (param $s (ref $string)) (result (ref null eq))
    (local $at i32)
    (local $a i64)
    (local $digit i64)
    (if (i32.eqz (call $int_is_text (local.get $s)))
      (then (call $int_fail_kind)))
    (local.set $at (call $int_has_minus (local.get $s)))
    ;; Collected below zero, where there is one number more.
    (loop $digits
      (local.set $digit
        (i64.extend_i32_u
          (i32.sub (array.get_u $string (local.get $s) (local.get $at)) (i32.const 48))))
      ;; a * 10 - digit is at least -2^63.
      (if (i64.lt_s
            (local.get $a)
            (i64.div_s
              (i64.add (i64.const 0x8000000000000000) (local.get $digit))
              (i64.const 10)))
        (then (call $int_fail_overflow)))
      (local.set $a
        (i64.sub (i64.mul (local.get $a) (i64.const 10)) (local.get $digit)))
      (local.set $at (i32.add (local.get $at) (i32.const 1)))
      (br_if $digits (i32.lt_u (local.get $at) (array.len (local.get $s)))))
    (if (call $int_has_minus (local.get $s))
      (then (return_call $int_of_i64 (local.get $a))))
    (if (i64.eq (local.get $a) (i64.const 0x8000000000000000))
      (then (call $int_fail_overflow)))
    (return_call $int_of_i64 (i64.sub (i64.const 0) (local.get $a)))))
