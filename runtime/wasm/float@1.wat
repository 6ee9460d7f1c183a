;; wfxrt:float@1: floating-point numbers to and from text, exactly.
;;
;;   $string  array (mut i8): UTF-8
;;
;;   to_string  [f64] -> [(ref $string)]   the shortest decimal that reads back as the same
;;              number, with a point or an exponent: 3.0, 0.1, -0.0, 1e+16, 1.5e-07; inf, -inf,
;;              nan
;;   is_text    [(ref $string)] -> [i32]   whether parse takes it: an optional minus, digits,
;;              perhaps a point and digits, perhaps e or E, a sign and digits
;;   parse      [(ref $string)] -> [f64]   rounded to nearest even; panic "not a number"
;;   to_int     [f64] -> [eqref]           an integer as in int@1, rounding to zero; panic
;;              "out of range" where it does not fit in 64 bits
;;
;; Printing follows Steele and White, "How to print floating-point numbers accurately" (1990),
;; in the form of Burger and Dybvig (1996); parsing divides big integers bit by bit. Both work
;; on $big, unsigned numbers of a fixed number of 32-bit words, least first, large enough for
;; what they hold.
(module $float
  (type $string (array (mut i8)))
  (type $big (array (mut i32)))
  (import "wfxrt:io@1" "panic" (func $panic (param (ref $string))))
  (import "wfxrt:int@1" "of_i64" (func $int_of_i64 (param i64) (result (ref null eq))))

  (data $texts "not a numberout of rangeinfnan")

  (func $float_text (param $at i32) (param $n i32) (result (ref $string))
    (array.new_data $string $texts (local.get $at) (local.get $n)))

  (func $float_to_int (export "to_int") (param $x f64) (result (ref null eq))
    (if (i32.eqz
          (i32.and
            (f64.ge (local.get $x) (f64.const -0x1p63))
            (f64.lt (local.get $x) (f64.const 0x1p63))))
      (then
        (call $panic (call $float_text (i32.const 12) (i32.const 12)))
        (unreachable)))
    (return_call $int_of_i64 (i64.trunc_f64_s (local.get $x))))

  ;; ---- Big integers

  ;; a := a * m + c
  (func $big_mul_add (param $a (ref $big)) (param $m i32) (param $c i32)
    (local $i i32)
    (local $carry i64)
    (local.set $carry (i64.extend_i32_u (local.get $c)))
    (loop $words
      (local.set $carry
        (i64.add
          (local.get $carry)
          (i64.mul
            (i64.extend_i32_u (array.get $big (local.get $a) (local.get $i)))
            (i64.extend_i32_u (local.get $m)))))
      (array.set $big (local.get $a) (local.get $i) (i32.wrap_i64 (local.get $carry)))
      (local.set $carry (i64.shr_u (local.get $carry) (i64.const 32)))
      (local.set $i (i32.add (local.get $i) (i32.const 1)))
      (br_if $words (i32.lt_u (local.get $i) (array.len (local.get $a))))))

  ;; a := a * 10^n
  (func $big_mul_power (param $a (ref $big)) (param $n i32)
    (loop $nines
      (if (i32.ge_s (local.get $n) (i32.const 9))
        (then
          (call $big_mul_add (local.get $a) (i32.const 1000000000) (i32.const 0))
          (local.set $n (i32.sub (local.get $n) (i32.const 9)))
          (br $nines))))
    (loop $ones
      (if (i32.gt_s (local.get $n) (i32.const 0))
        (then
          (call $big_mul_add (local.get $a) (i32.const 10) (i32.const 0))
          (local.set $n (i32.sub (local.get $n) (i32.const 1)))
          (br $ones)))))

  ;; a := a * 2^n
  (func $big_shift (param $a (ref $big)) (param $n i32)
    (local $i i32)
    (local $from i32)
    (local $bits i32)
    (local $x i64)
    (local.set $bits (i32.and (local.get $n) (i32.const 31)))
    (local.set $i (array.len (local.get $a)))
    ;; From the highest word down: each is made of the word $from and the one below it.
    (loop $words
      (local.set $i (i32.sub (local.get $i) (i32.const 1)))
      (local.set $from
        (i32.sub (local.get $i) (i32.shr_u (local.get $n) (i32.const 5))))
      (local.set $x (i64.const 0))
      (if (i32.ge_s (local.get $from) (i32.const 0))
        (then
          (local.set $x
            (i64.shl
              (i64.extend_i32_u (array.get $big (local.get $a) (local.get $from)))
              (i64.const 32)))))
      (if (i32.ge_s (local.get $from) (i32.const 1))
        (then
          (local.set $x
            (i64.or
              (local.get $x)
              (i64.extend_i32_u
                (array.get $big (local.get $a)
                  (i32.sub (local.get $from) (i32.const 1))))))))
      (array.set $big (local.get $a) (local.get $i)
        (i32.wrap_i64
          (i64.shr_u
            (i64.shl (local.get $x) (i64.extend_i32_u (local.get $bits)))
            (i64.const 32))))
      (br_if $words (local.get $i))))

  ;; a number of $n_words words with the value x * 2^n
  (func $big_new (param $n_words i32) (param $x i64) (param $n i32) (result (ref $big))
    (local $a (ref $big))
    (local.set $a (array.new_default $big (local.get $n_words)))
    (array.set $big (local.get $a) (i32.const 0) (i32.wrap_i64 (local.get $x)))
    (array.set $big (local.get $a) (i32.const 1)
      (i32.wrap_i64 (i64.shr_u (local.get $x) (i64.const 32))))
    (call $big_shift (local.get $a) (local.get $n))
    (local.get $a))

  ;; -1, 0 or 1
  (func $big_compare (param $a (ref $big)) (param $b (ref $big)) (result i32)
    (local $i i32)
    (local $x i32)
    (local $y i32)
    (local.set $i (array.len (local.get $a)))
    (loop $words
      (local.set $i (i32.sub (local.get $i) (i32.const 1)))
      (local.set $x (array.get $big (local.get $a) (local.get $i)))
      (local.set $y (array.get $big (local.get $b) (local.get $i)))
      (br_if $words
        (i32.and (i32.eq (local.get $x) (local.get $y)) (i32.ne (local.get $i) (i32.const 0)))))
    (i32.sub
      (i32.gt_u (local.get $x) (local.get $y))
      (i32.lt_u (local.get $x) (local.get $y))))

  ;; a + b, a new number
  (func $big_sum (param $a (ref $big)) (param $b (ref $big)) (result (ref $big))
    (local $sum (ref $big))
    (local $i i32)
    (local $carry i64)
    (local.set $sum (array.new_default $big (array.len (local.get $a))))
    (loop $words
      (local.set $carry
        (i64.add
          (local.get $carry)
          (i64.add
            (i64.extend_i32_u (array.get $big (local.get $a) (local.get $i)))
            (i64.extend_i32_u (array.get $big (local.get $b) (local.get $i))))))
      (array.set $big (local.get $sum) (local.get $i) (i32.wrap_i64 (local.get $carry)))
      (local.set $carry (i64.shr_u (local.get $carry) (i64.const 32)))
      (local.set $i (i32.add (local.get $i) (i32.const 1)))
      (br_if $words (i32.lt_u (local.get $i) (array.len (local.get $a)))))
    (local.get $sum))

  ;; a := a - b, where b <= a
  (func $big_sub (param $a (ref $big)) (param $b (ref $big))
    (local $i i32)
    (local $x i64)
    (loop $words
      (local.set $x
        (i64.add
          (local.get $x)
          (i64.sub
            (i64.extend_i32_u (array.get $big (local.get $a) (local.get $i)))
            (i64.extend_i32_u (array.get $big (local.get $b) (local.get $i))))))
      (array.set $big (local.get $a) (local.get $i) (i32.wrap_i64 (local.get $x)))
      (local.set $x (i64.shr_s (local.get $x) (i64.const 32)))
      (local.set $i (i32.add (local.get $i) (i32.const 1)))
      (br_if $words (i32.lt_u (local.get $i) (array.len (local.get $a))))))

  ;; How many bits it takes; 0 for 0.
  (func $big_bits (param $a (ref $big)) (result i32)
    (local $i i32)
    (local $x i32)
    (local.set $i (array.len (local.get $a)))
    (loop $words
      (local.set $i (i32.sub (local.get $i) (i32.const 1)))
      (local.set $x (array.get $big (local.get $a) (local.get $i)))
      (br_if $words (i32.and (i32.eqz (local.get $x)) (i32.ne (local.get $i) (i32.const 0)))))
    (i32.sub
      (i32.mul (i32.add (local.get $i) (i32.const 1)) (i32.const 32))
      (i32.clz (local.get $x))))

  ;; ---- To text

  ;; The shortest digits of a positive finite number, written from place 0 of $digits on (17 at
  ;; most). Results: how many, and k where the number is 0.DIGITS * 10^k.
  ;;
  ;; The number is r / s; half the distance to its neighbours is high / s above and low / s
  ;; below.
  (func $float_digits (param $x f64) (param $digits (ref $string)) (result i32 i32)
    (local $f i64)
    (local $e i32)
    (local $is_even i32)
    (local $is_low_gap_half i32)
    (local $up i32)
    (local $down i32)
    (local $r (ref $big))
    (local $s (ref $big))
    (local $high (ref $big))
    (local $low (ref $big))
    (local $k i32)
    (local $n i32)
    (local $digit i32)
    (local $is_low i32)
    (local $is_high i32)
    ;; x = f * 2^e
    (local.set $f (i64.and (i64.reinterpret_f64 (local.get $x)) (i64.const 0xfffffffffffff)))
    (local.set $e
      (i32.wrap_i64 (i64.shr_u (i64.reinterpret_f64 (local.get $x)) (i64.const 52))))
    (local.set $is_low_gap_half
      (i32.and (i64.eqz (local.get $f)) (i32.gt_u (local.get $e) (i32.const 1))))
    (if (local.get $e)
      (then (local.set $f (i64.or (local.get $f) (i64.const 0x10000000000000))))
      (else (local.set $e (i32.const 1))))
    (local.set $e (i32.sub (local.get $e) (i32.const 1075)))
    (local.set $is_even (i32.eqz (i32.wrap_i64 (i64.and (local.get $f) (i64.const 1)))))
    ;; Everything times 2, or 4 at a power of two; negative exponents go to s.
    (local.set $up
      (select (local.get $e) (i32.const 0) (i32.gt_s (local.get $e) (i32.const 0))))
    (local.set $down (i32.sub (local.get $up) (local.get $e)))
    (local.set $r
      (call $big_new (i32.const 40) (local.get $f)
        (i32.add (local.get $up) (i32.add (i32.const 1) (local.get $is_low_gap_half)))))
    (local.set $s
      (call $big_new (i32.const 40) (i64.const 1)
        (i32.add (local.get $down) (i32.add (i32.const 1) (local.get $is_low_gap_half)))))
    (local.set $high
      (call $big_new (i32.const 40) (i64.const 1)
        (i32.add (local.get $up) (local.get $is_low_gap_half))))
    (local.set $low (call $big_new (i32.const 40) (i64.const 1) (local.get $up)))
    ;; k is estimated from the highest bit, never too large and at most one too small.
    (local.set $k
      (i32.trunc_sat_f64_s
        (f64.ceil
          (f64.sub
            (f64.mul
              (f64.convert_i32_s
                (i32.add
                  (local.get $e)
                  (i32.sub (i32.const 63) (i32.wrap_i64 (i64.clz (local.get $f))))))
              (f64.const 0.30102999566398120))
            (f64.const 1e-10)))))
    (call $big_mul_power (local.get $s) (local.get $k))
    (call $big_mul_power (local.get $r) (i32.sub (i32.const 0) (local.get $k)))
    (call $big_mul_power (local.get $high) (i32.sub (i32.const 0) (local.get $k)))
    (call $big_mul_power (local.get $low) (i32.sub (i32.const 0) (local.get $k)))
    ;; One too small: the upper end of the interval is 1 or more.
    (if (i32.ge_s
          (i32.add
            (call $big_compare
              (call $big_sum (local.get $r) (local.get $high)) (local.get $s))
            (local.get $is_even))
          (i32.const 1))
      (then
        (local.set $k (i32.add (local.get $k) (i32.const 1)))
        (call $big_mul_add (local.get $s) (i32.const 10) (i32.const 0))))
    (loop $next
      (call $big_mul_add (local.get $r) (i32.const 10) (i32.const 0))
      (call $big_mul_add (local.get $high) (i32.const 10) (i32.const 0))
      (call $big_mul_add (local.get $low) (i32.const 10) (i32.const 0))
      (local.set $digit (i32.const 0))
      (loop $divide
        (if (i32.ge_s (call $big_compare (local.get $r) (local.get $s)) (i32.const 0))
          (then
            (call $big_sub (local.get $r) (local.get $s))
            (local.set $digit (i32.add (local.get $digit) (i32.const 1)))
            (br $divide))))
      ;; Whether the digits so far, or with one more in the last place, are near enough; the
      ;; ends of the interval count when f is even.
      (local.set $is_low
        (i32.lt_s
          (call $big_compare (local.get $r) (local.get $low)) (local.get $is_even)))
      (local.set $is_high
        (i32.gt_s
          (call $big_compare
            (call $big_sum (local.get $r) (local.get $high)) (local.get $s))
          (i32.sub (i32.const 0) (local.get $is_even))))
      (if (i32.and (local.get $is_low) (local.get $is_high))
        (then
          ;; Both: the nearer one, of two as near the even one.
          (local.set $is_high
            (i32.ge_s
              (i32.add
                (call $big_compare
                  (call $big_sum (local.get $r) (local.get $r)) (local.get $s))
                (i32.and (local.get $digit) (i32.const 1)))
              (i32.const 1)))
          (local.set $is_low (i32.eqz (local.get $is_high)))))
      (array.set $string (local.get $digits) (local.get $n)
        (i32.add (i32.const 48) (i32.add (local.get $digit) (local.get $is_high))))
      (local.set $n (i32.add (local.get $n) (i32.const 1)))
      (br_if $next (i32.eqz (i32.or (local.get $is_low) (local.get $is_high)))))
    (local.get $n)
    (local.get $k))

  ;; Append n bytes of $from to $s at $at, or zeros where $from has ended; the place behind
  ;; them.
  (func $float_put (param $s (ref $string)) (param $at i32) (param $from (ref $string))
      (param $i i32) (param $n i32) (param $n_from i32) (result i32)
    (block $end
      (loop $bytes
        (br_if $end (i32.le_s (local.get $n) (i32.const 0)))
        (array.set $string (local.get $s) (local.get $at)
          (if (result i32) (i32.lt_u (local.get $i) (local.get $n_from))
            (then (array.get_u $string (local.get $from) (local.get $i)))
            (else (i32.const 48))))
        (local.set $at (i32.add (local.get $at) (i32.const 1)))
        (local.set $i (i32.add (local.get $i) (i32.const 1)))
        (local.set $n (i32.sub (local.get $n) (i32.const 1)))
        (br $bytes)))
    (local.get $at))

  (func $float_put_byte (param $s (ref $string)) (param $at i32) (param $c i32) (result i32)
    (array.set $string (local.get $s) (local.get $at) (local.get $c))
    (i32.add (local.get $at) (i32.const 1)))

  ;; The exponent: e, sign, two digits at least.
  (func $float_put_exponent (param $s (ref $string)) (param $at i32) (param $e i32) (result i32)
    (local.set $at (call $float_put_byte (local.get $s) (local.get $at) (i32.const 101)))
    (local.set $at
      (call $float_put_byte (local.get $s) (local.get $at)
        (select (i32.const 45) (i32.const 43) (i32.lt_s (local.get $e) (i32.const 0)))))
    (if (i32.lt_s (local.get $e) (i32.const 0))
      (then (local.set $e (i32.sub (i32.const 0) (local.get $e)))))
    (if (i32.ge_s (local.get $e) (i32.const 100))
      (then
        (local.set $at
          (call $float_put_byte (local.get $s) (local.get $at)
            (i32.add (i32.const 48) (i32.div_u (local.get $e) (i32.const 100)))))))
    (local.set $e (i32.rem_u (local.get $e) (i32.const 100)))
    (local.set $at
      (call $float_put_byte (local.get $s) (local.get $at)
        (i32.add (i32.const 48) (i32.div_u (local.get $e) (i32.const 10)))))
    (call $float_put_byte (local.get $s) (local.get $at)
      (i32.add (i32.const 48) (i32.rem_u (local.get $e) (i32.const 10)))))

  (func $float_to_string (export "to_string") (param $x f64) (result (ref $string))
    (local $digits (ref $string))
    (local $s (ref $string))
    (local $t (ref $string))
    (local $n i32)
    (local $k i32)
    (local $at i32)
    (if (f64.ne (local.get $x) (local.get $x))
      (then (return (call $float_text (i32.const 27) (i32.const 3)))))
    (local.set $digits (array.new_default $string (i32.const 20)))
    (local.set $s (array.new_default $string (i32.const 32)))
    (if (i64.lt_s (i64.reinterpret_f64 (local.get $x)) (i64.const 0))
      (then
        (local.set $at (call $float_put_byte (local.get $s) (i32.const 0) (i32.const 45)))
        (local.set $x (f64.neg (local.get $x)))))
    (block $done
      (if (f64.eq (local.get $x) (f64.const inf))
        (then
          (local.set $at
            (call $float_put (local.get $s) (local.get $at)
              (call $float_text (i32.const 24) (i32.const 3))
              (i32.const 0) (i32.const 3) (i32.const 3)))
          (br $done)))
      (if (f64.eq (local.get $x) (f64.const 0))
        (then ;; no digits, all zeros
          (local.set $k (i32.const 1)))
        (else
          (call $float_digits (local.get $x) (local.get $digits))
          (local.set $k)
          (local.set $n)))
      ;; From 0.0001 on and below 10^16 without exponent.
      (if (i32.lt_u (i32.add (local.get $k) (i32.const 3)) (i32.const 20))
        (then
          (if (i32.le_s (local.get $k) (i32.const 0))
            (then
              (local.set $at
                (call $float_put_byte (local.get $s) (local.get $at) (i32.const 48))))
            (else
              (local.set $at
                (call $float_put (local.get $s) (local.get $at) (local.get $digits)
                  (i32.const 0) (local.get $k) (local.get $n)))))
          (local.set $at (call $float_put_byte (local.get $s) (local.get $at) (i32.const 46)))
          (if (i32.lt_s (local.get $k) (i32.const 0))
            (then ;; zeros behind the point
              (local.set $at
                (call $float_put (local.get $s) (local.get $at) (local.get $digits)
                  (i32.const 0) (i32.sub (i32.const 0) (local.get $k)) (i32.const 0)))
              (local.set $k (i32.const 0))))
          (local.set $at
            (call $float_put (local.get $s) (local.get $at) (local.get $digits)
              (local.get $k)
              (select (i32.sub (local.get $n) (local.get $k)) (i32.const 1)
                (i32.gt_s (local.get $n) (local.get $k)))
              (local.get $n))))
        (else
          (local.set $at
            (call $float_put (local.get $s) (local.get $at) (local.get $digits)
              (i32.const 0) (i32.const 1) (local.get $n)))
          (if (i32.gt_u (local.get $n) (i32.const 1))
            (then
              (local.set $at
                (call $float_put_byte (local.get $s) (local.get $at) (i32.const 46)))
              (local.set $at
                (call $float_put (local.get $s) (local.get $at) (local.get $digits)
                  (i32.const 1) (i32.sub (local.get $n) (i32.const 1)) (local.get $n)))))
          (local.set $at
            (call $float_put_exponent (local.get $s) (local.get $at)
              (i32.sub (local.get $k) (i32.const 1)))))))
    (local.set $t (array.new_default $string (local.get $at)))
    (array.copy $string $string
      (local.get $t) (i32.const 0) (local.get $s) (i32.const 0) (local.get $at))
    (local.get $t))

  ;; ---- From text

  ;; The byte at $i, or -1 behind the end.
  (func $float_peek (param $s (ref $string)) (param $i i32) (result i32)
    (if (i32.ge_u (local.get $i) (array.len (local.get $s)))
      (then (return (i32.const -1))))
    (array.get_u $string (local.get $s) (local.get $i)))

  ;; The place behind the digits that begin at $i.
  (func $float_skip (param $s (ref $string)) (param $i i32) (result i32)
    (loop $digits
      (if (i32.lt_u
            (i32.sub (call $float_peek (local.get $s) (local.get $i)) (i32.const 48))
            (i32.const 10))
        (then
          (local.set $i (i32.add (local.get $i) (i32.const 1)))
          (br $digits))))
    (local.get $i))

  ;; Where a number's parts end: the digits before the point, the mantissa, and the whole; the
  ;; last is -1 if the text is no number.
  (func $float_parts (param $s (ref $string)) (result i32 i32 i32)
    (local $first i32)
    (local $point i32)
    (local $end i32)
    (local $i i32)
    (local.set $first
      (i32.eq (call $float_peek (local.get $s) (i32.const 0)) (i32.const 45)))
    (local.set $point (call $float_skip (local.get $s) (local.get $first)))
    (local.set $end (local.get $point))
    (if (i32.eq (local.get $point) (local.get $first))
      (then (return (i32.const 0) (i32.const 0) (i32.const -1))))
    (if (i32.eq (call $float_peek (local.get $s) (local.get $end)) (i32.const 46))
      (then
        (local.set $end
          (call $float_skip (local.get $s) (i32.add (local.get $end) (i32.const 1))))
        (if (i32.eq (local.get $end) (i32.add (local.get $point) (i32.const 1)))
          (then (return (i32.const 0) (i32.const 0) (i32.const -1))))))
    (local.set $i (local.get $end))
    ;; e or E
    (if (i32.eq
          (i32.or (call $float_peek (local.get $s) (local.get $i)) (i32.const 32))
          (i32.const 101))
      (then
        (local.set $i (i32.add (local.get $i) (i32.const 1)))
        (local.set $i
          (i32.add
            (local.get $i)
            (i32.or
              (i32.eq (call $float_peek (local.get $s) (local.get $i)) (i32.const 43))
              (i32.eq (call $float_peek (local.get $s) (local.get $i)) (i32.const 45)))))
        (if (i32.eq (call $float_skip (local.get $s) (local.get $i)) (local.get $i))
          (then (return (i32.const 0) (i32.const 0) (i32.const -1))))
        (local.set $i (call $float_skip (local.get $s) (local.get $i)))))
    (if (i32.ne (local.get $i) (array.len (local.get $s)))
      (then (return (i32.const 0) (i32.const 0) (i32.const -1))))
    (return (local.get $point) (local.get $end) (local.get $i)))

  (func $float_is_text (export "is_text") (param $s (ref $string)) (result i32)
    (local $end i32)
    (call $float_parts (local.get $s))
    (local.set $end)
    (drop)
    (drop)
    (i32.ge_s (local.get $end) (i32.const 0)))

  ;; The exponent behind place $i (that of the e, or the end), held to +-100000.
  (func $float_exponent (param $s (ref $string)) (param $i i32) (result i32)
    (local $is_negative i32)
    (local $e i32)
    (if (i32.ge_u (local.get $i) (array.len (local.get $s)))
      (then (return (i32.const 0))))
    (local.set $i (i32.add (local.get $i) (i32.const 1)))
    (local.set $is_negative
      (i32.eq (call $float_peek (local.get $s) (local.get $i)) (i32.const 45)))
    (if (i32.or
          (local.get $is_negative)
          (i32.eq (call $float_peek (local.get $s) (local.get $i)) (i32.const 43)))
      (then (local.set $i (i32.add (local.get $i) (i32.const 1)))))
    (loop $digits
      (if (i32.lt_u (local.get $i) (array.len (local.get $s)))
        (then
          (if (i32.lt_s (local.get $e) (i32.const 100000))
            (then
              (local.set $e
                (i32.add
                  (i32.mul (local.get $e) (i32.const 10))
                  (i32.sub
                    (call $float_peek (local.get $s) (local.get $i)) (i32.const 48))))))
          (local.set $i (i32.add (local.get $i) (i32.const 1)))
          (br $digits))))
    (if (result i32) (local.get $is_negative)
      (then (i32.sub (i32.const 0) (local.get $e)))
      (else (local.get $e))))

  (func $float_parse (export "parse") (param $s (ref $string)) (result f64)
    (local $point i32)
    (local $end i32)
    (local $i i32)
    (local $c i32)
    (local $e i64) ;; decimal exponent of the last digit taken
    (local $n i32) ;; significant digits taken
    (local $is_more i32) ;; other digits than 0 were left out
    (local $a (ref $big))
    (local $x f64)
    (call $float_parts (local.get $s))
    (local.set $i)
    (local.set $end)
    (local.set $point)
    (if (i32.lt_s (local.get $i) (i32.const 0))
      (then
        (call $panic (call $float_text (i32.const 0) (i32.const 12)))
        (unreachable)))
    ;; No number between two floats needs more than 770 digits to tell on which side of the
    ;; middle it is; what else there is only matters by not being zero.
    (local.set $a (array.new_default $big (i32.const 136)))
    (local.set $e
      (i64.extend_i32_s (call $float_exponent (local.get $s) (local.get $end))))
    (local.set $i (i32.eq (call $float_peek (local.get $s) (i32.const 0)) (i32.const 45)))
    (loop $digits
      (local.set $c (i32.sub (call $float_peek (local.get $s) (local.get $i)) (i32.const 48)))
      (if (i32.ne (local.get $i) (local.get $point))
        (then
          (if (i32.lt_u (local.get $n) (i32.const 780))
            (then
              (call $big_mul_add (local.get $a) (i32.const 10) (local.get $c))
              (if (i32.or (local.get $n) (local.get $c))
                (then (local.set $n (i32.add (local.get $n) (i32.const 1)))))
              (if (i32.gt_u (local.get $i) (local.get $point))
                (then (local.set $e (i64.sub (local.get $e) (i64.const 1))))))
            (else
              (local.set $is_more (i32.or (local.get $is_more) (local.get $c)))
              (if (i32.lt_u (local.get $i) (local.get $point))
                (then (local.set $e (i64.add (local.get $e) (i64.const 1)))))))))
      (local.set $i (i32.add (local.get $i) (i32.const 1)))
      (br_if $digits (i32.lt_u (local.get $i) (local.get $end))))
    (if (local.get $is_more)
      (then
        (call $big_mul_add (local.get $a) (i32.const 10) (i32.const 1))
        (local.set $n (i32.add (local.get $n) (i32.const 1)))
        (local.set $e (i64.sub (local.get $e) (i64.const 1)))))
    (local.set $x (call $float_round (local.get $a) (local.get $n) (local.get $e)))
    (if (result f64)
        (i32.eq (call $float_peek (local.get $s) (i32.const 0)) (i32.const 45))
      (then (f64.neg (local.get $x)))
      (else (local.get $x))))

  ;; The float nearest to a * 10^e, where a has n digits; a is used up.
  (func $float_round (param $a (ref $big)) (param $n i32) (param $e i64) (result f64)
    (local $b (ref $big))
    (local $bits i32) ;; of the mantissa
    (local $e2 i32)
    (local $q i64)
    (local $i i32)
    (local $is_up i32)
    (if (i32.eqz (local.get $n))
      (then (return (f64.const 0))))
    ;; The number is below 10^(n + e) and at least a tenth of it.
    (if (i64.gt_s
          (i64.add (local.get $e) (i64.extend_i32_u (local.get $n))) (i64.const 310))
      (then (return (f64.const inf))))
    (if (i64.lt_s
          (i64.add (local.get $e) (i64.extend_i32_u (local.get $n))) (i64.const -325))
      (then (return (f64.const 0))))
    (local.set $b (call $big_new (i32.const 136) (i64.const 1) (i32.const 0)))
    (call $big_mul_power (local.get $a) (i32.wrap_i64 (local.get $e)))
    (call $big_mul_power (local.get $b)
      (i32.sub (i32.const 0) (i32.wrap_i64 (local.get $e))))
    ;; Bring a / b to at least 1 and below 2, times 2^e2.
    (local.set $e2
      (i32.sub (call $big_bits (local.get $a)) (call $big_bits (local.get $b))))
    (call $float_align (local.get $a) (local.get $b) (local.get $e2))
    (if (i32.lt_s (call $big_compare (local.get $a) (local.get $b)) (i32.const 0))
      (then
        (local.set $e2 (i32.sub (local.get $e2) (i32.const 1)))
        (call $big_shift (local.get $a) (i32.const 1))))
    (if (i32.gt_s (local.get $e2) (i32.const 1023))
      (then (return (f64.const inf))))
    ;; 53 bits, fewer for numbers below the normal ones.
    (local.set $bits (i32.const 53))
    (if (i32.lt_s (local.get $e2) (i32.const -1022))
      (then (local.set $bits (i32.add (local.get $e2) (i32.const 1075)))))
    (if (i32.lt_s (local.get $bits) (i32.const 0))
      (then (return (f64.const 0))))
    (local.set $i (local.get $bits))
    (loop $next
      (if (local.get $i)
        (then
          (local.set $q (i64.shl (local.get $q) (i64.const 1)))
          (if (i32.ge_s (call $big_compare (local.get $a) (local.get $b)) (i32.const 0))
            (then
              (call $big_sub (local.get $a) (local.get $b))
              (local.set $q (i64.or (local.get $q) (i64.const 1)))))
          (call $big_shift (local.get $a) (i32.const 1))
          (local.set $i (i32.sub (local.get $i) (i32.const 1)))
          (br $next))))
    ;; What is left is twice the part behind the last bit: round, ties to even.
    (local.set $i (call $big_compare (local.get $a) (local.get $b)))
    (local.set $is_up
      (i32.or
        (i32.gt_s (local.get $i) (i32.const 0))
        (i32.and
          (i32.eqz (local.get $i))
          (i32.wrap_i64 (i64.and (local.get $q) (i64.const 1))))))
    (local.set $q (i64.add (local.get $q) (i64.extend_i32_u (local.get $is_up))))
    ;; A carry out of the mantissa steps the exponent, up to infinity.
    (if (i32.eq (local.get $bits) (i32.const 53))
      (then
        (local.set $q
          (i64.add
            (local.get $q)
            (i64.shl
              (i64.extend_i32_s (i32.add (local.get $e2) (i32.const 1022)))
              (i64.const 52))))))
    (f64.reinterpret_i64 (local.get $q)))

  ;; Multiply the smaller by a power of two: b by 2^e2, or a by 2^-e2.
  (func $float_align (param $a (ref $big)) (param $b (ref $big)) (param $e2 i32)
    (if (i32.gt_s (local.get $e2) (i32.const 0))
      (then (return_call $big_shift (local.get $b) (local.get $e2))))
    (call $big_shift (local.get $a) (i32.sub (i32.const 0) (local.get $e2)))))
