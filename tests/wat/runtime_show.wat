;; Values of every kind as text, structural order, records that grow and shrink.
;; expect: 42 -1073741825 9223372036854775807
;; expect: 3.0 -0.0 0.1 1e+22 1.5e-07 5e-324 nan -inf
;; expect: true 'c' '\'' "say \"hi\"\n\\"
;; expect: [] [1, 2, 3] [[1, 2, 3], []]
;; expect: () (1, 2.5) (1 = 7) (n = "x", p = (1, 2.5))
;; expect: None Some(42) Some(1, 2.5) Some(n = "x", p = (1, 2.5)) fun
;; expect: (p = (1, 2.5)) (n = 8, p = (1, 2.5)) [] []
;; expect: 0 -1 1 2 -1 1 0
;; expect: 599998 1
(module
  (type $string (array (mut i8)))
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
  (type $mine (struct (field i32) (field i32)))

  (import "wfxrt:io@1" "memory" (memory 1))
  (import "wfxrt:io@1" "print" (func $print (param (ref $string))))
  (import "wfxrt:int@1" "of_i64" (func $int (param i64) (result (ref null eq))))
  (import "wfxrt:list@1" "range"
    (func $range (param (ref null eq)) (param (ref null eq)) (result (ref null $cons))))
  (import "wfxrt:string@1" "length" (func $length (param (ref $string)) (result i32)))
  (import "wfxrt:show@1" "show" (func $show (param (ref null eq)) (result (ref $string))))
  (import "wfxrt:value@1" "unit" (global $unit (ref $record)))
  (import "wfxrt:value@1" "bool" (func $bool (param i32) (result (ref $bool))))
  (import "wfxrt:value@1" "eq"
    (func $eq (param (ref null eq)) (param (ref null eq)) (result i32)))
  (import "wfxrt:value@1" "compare"
    (func $compare (param (ref null eq)) (param (ref null eq)) (result i32)))
  (import "wfxrt:value@1" "extend"
    (func $extend (param (ref $record)) (param (ref $label)) (param (ref null eq))
      (result (ref null $record))))
  (import "wfxrt:value@1" "update"
    (func $update (param (ref $record)) (param (ref $label)) (param (ref null eq))
      (result (ref null $record))))
  (import "wfxrt:value@1" "restrict"
    (func $restrict (param (ref $record)) (param (ref $label)) (result (ref null $record))))
  (export "memory" (memory 0))

  (data $text "say \22hi\22\0a\5c")
  (global $one (ref $label)
    (struct.new $label (i32.const 0) (array.new_fixed $string 1 (i32.const 49))))
  (global $two (ref $label)
    (struct.new $label (i32.const 1) (array.new_fixed $string 1 (i32.const 50))))
  (global $n (ref $label)
    (struct.new $label (i32.const 2) (array.new_fixed $string 1 (i32.const 110))))
  (global $p (ref $label)
    (struct.new $label (i32.const 3) (array.new_fixed $string 1 (i32.const 112))))
  (global $some (ref $label)
    (struct.new $label (i32.const 4)
      (array.new_fixed $string 4
        (i32.const 83) (i32.const 111) (i32.const 109) (i32.const 101))))
  (global $none (ref $label)
    (struct.new $label (i32.const 5)
      (array.new_fixed $string 4
        (i32.const 78) (i32.const 111) (i32.const 110) (i32.const 101))))

  (global $is_first (mut i32) (i32.const 1))
  (func $say (param $x (ref null eq))
    (if (i32.eqz (global.get $is_first))
      (then (call $print (array.new_fixed $string 1 (i32.const 32)))))
    (global.set $is_first (i32.const 0))
    (call $print (call $show (local.get $x))))
  (func $say_i32 (param $x i32)
    (call $say (call $int (i64.extend_i32_s (local.get $x)))))
  (func $line
    (call $print (array.new_fixed $string 1 (i32.const 10)))
    (global.set $is_first (i32.const 1)))

  (func $float (param $x f64) (result (ref null eq))
    (struct.new $float (local.get $x)))
  (func $list (param $from i32) (param $to i32) (result (ref null $cons))
    (call $range (ref.i31 (local.get $from)) (ref.i31 (local.get $to))))
  (func $with (param $r (ref $record)) (param $l (ref $label)) (param $x (ref null eq))
      (result (ref $record))
    (ref.as_non_null (call $extend (local.get $r) (local.get $l) (local.get $x))))
  (func $pair (result (ref $record))
    (call $with
      (call $with (global.get $unit) (global.get $two) (call $float (f64.const 2.5)))
      (global.get $one) (ref.i31 (i32.const 1))))
  (func $named (result (ref $record))
    (call $with
      (call $with (global.get $unit) (global.get $p) (call $pair))
      (global.get $n) (array.new_fixed $string 1 (i32.const 120))))
  (func $deep (param $n i32) (result (ref null eq))
    (local $x (ref null eq))
    (local.set $x (global.get $unit))
    (loop $again
      (local.set $x (struct.new $variant (global.get $n) (local.get $x)))
      (local.set $n (i32.sub (local.get $n) (i32.const 1)))
      (br_if $again (local.get $n)))
    (local.get $x))

  (func (export "_start")
    (call $say_i32 (i32.const 42))
    (call $say_i32 (i32.const -1073741825))
    (call $say (call $int (i64.const 0x7fffffffffffffff)))
    (call $line)
    (call $say (call $float (f64.const 3)))
    (call $say (call $float (f64.const -0)))
    (call $say (call $float (f64.const 0.1)))
    (call $say (call $float (f64.const 1e22)))
    (call $say (call $float (f64.const 1.5e-7)))
    (call $say (call $float (f64.const 5e-324)))
    (call $say (call $float (f64.const nan)))
    (call $say (call $float (f64.const -inf)))
    (call $line)
    (call $say (call $bool (i32.const 1)))
    (call $say (struct.new $char (i32.const 99)))
    (call $say (struct.new $char (i32.const 39)))
    (call $say (array.new_data $string $text (i32.const 0) (i32.const 10)))
    (call $line)
    (call $say (ref.null $cons))
    (call $say (call $list (i32.const 1) (i32.const 3)))
    (call $say
      (struct.new $cons
        (call $list (i32.const 1) (i32.const 3))
        (struct.new $cons (ref.null $cons) (ref.null $cons))))
    (call $line)
    (call $say (global.get $unit))
    (call $say (call $pair))
    (call $say (call $with (global.get $unit) (global.get $one) (ref.i31 (i32.const 7))))
    (call $say (call $named))
    (call $line)
    (call $say (struct.new $variant (global.get $none) (global.get $unit)))
    (call $say (struct.new $variant (global.get $some) (ref.i31 (i32.const 42))))
    (call $say (struct.new $variant (global.get $some) (call $pair)))
    (call $say (struct.new $variant (global.get $some) (call $named)))
    (call $say (struct.new_default $mine))
    (call $line)
    (call $say (call $restrict (call $named) (global.get $n)))
    (call $say (call $update (call $named) (global.get $n) (ref.i31 (i32.const 8))))
    (call $say (call $restrict
      (call $named) (global.get $one))) ;; null: shown as the empty list
    (call $say (call $extend (call $named) (global.get $n) (ref.null eq)))
    (call $line)
    (call $say_i32 (call $compare (call $named) (call $named)))
    (call $say_i32 (call $compare (call $pair) (call $named)))
    (call $say_i32
      (call $compare (call $list (i32.const 1) (i32.const 3))
        (call $list (i32.const 1) (i32.const 2))))
    (call $say_i32
      (call $compare (call $float (f64.const nan)) (call $float (f64.const nan))))
    (call $say_i32 (call $compare (call $bool (i32.const 0)) (call $bool (i32.const 1))))
    (call $say_i32 (call $eq (call $named) (call $named)))
    (call $say_i32 (call $eq (call $pair) (global.get $unit)))
    (call $line)
    ;; Deep values.
    (call $say_i32 (call $length (call $show (call $deep (i32.const 200000)))))
    (call $say_i32
      (call $eq (call $deep (i32.const 200000)) (call $deep (i32.const 200000))))
    (call $line)))
