;; Integers: small and boxed ones, both kinds of division, overflow at 64 bits.
;; expect: 1073741823 1073741824 -1073741825 4611686018427387904
;; expect: -3 -1 -4 1 -3 1 0 7
;; expect: -1 1 0 9223372036854775807
;; error: demo:7: integer overflow
(module
  (type $string (array (mut i8)))
  (import "wfxrt:io@1" "memory" (memory 1))
  (import "wfxrt:io@1" "where" (global $where (mut (ref null $string))))
  (import "wfxrt:io@1" "print" (func $print (param (ref $string))))
  (import "wfxrt:int@1" "of_i64" (func $of (param i64) (result (ref null eq))))
  (import "wfxrt:int@1" "to_string" (func $show (param (ref null eq)) (result (ref $string))))
  (import "wfxrt:int@1" "add"
    (func $add (param (ref null eq)) (param (ref null eq)) (result (ref null eq))))
  (import "wfxrt:int@1" "sub"
    (func $sub (param (ref null eq)) (param (ref null eq)) (result (ref null eq))))
  (import "wfxrt:int@1" "mul"
    (func $mul (param (ref null eq)) (param (ref null eq)) (result (ref null eq))))
  (import "wfxrt:int@1" "quot"
    (func $quot (param (ref null eq)) (param (ref null eq)) (result (ref null eq))))
  (import "wfxrt:int@1" "rem"
    (func $rem (param (ref null eq)) (param (ref null eq)) (result (ref null eq))))
  (import "wfxrt:int@1" "div"
    (func $div (param (ref null eq)) (param (ref null eq)) (result (ref null eq))))
  (import "wfxrt:int@1" "mod"
    (func $mod (param (ref null eq)) (param (ref null eq)) (result (ref null eq))))
  (import "wfxrt:int@1" "compare"
    (func $compare (param (ref null eq)) (param (ref null eq)) (result i32)))
  (export "memory" (memory 0))
  (data $place "demo:7")

  (func $i (param $x i32) (result (ref null eq)) (call $of (i64.extend_i32_s (local.get $x))))
  (func $say (param $x (ref null eq))
    (call $print (call $show (local.get $x)))
    (call $print (array.new_fixed $string 1 (i32.const 32))))
  (func $last (param $x (ref null eq))
    (call $print (call $show (local.get $x)))
    (call $print (array.new_fixed $string 1 (i32.const 10))))

  (func (export "_start")
    (call $say (call $sub (call $add (call $i (i32.const 0x3fffffff)) (call $i (i32.const 1)))
      (call $i (i32.const 1))))
    (call $say (call $add (call $i (i32.const 0x3fffffff)) (call $i (i32.const 1))))
    (call $say (call $sub (call $i (i32.const -0x40000000)) (call $i (i32.const 1))))
    (call $last (call $mul (call $of (i64.const 0x80000000)) (call $of (i64.const 0x80000000))))
    (call $say (call $quot (call $i (i32.const -7)) (call $i (i32.const 2))))
    (call $say (call $rem (call $i (i32.const -7)) (call $i (i32.const 2))))
    (call $say (call $div (call $i (i32.const -7)) (call $i (i32.const 2))))
    (call $say (call $mod (call $i (i32.const -7)) (call $i (i32.const 2))))
    (call $say (call $div (call $i (i32.const 7)) (call $i (i32.const -2))))
    (call $say (call $mod (call $i (i32.const 7)) (call $i (i32.const -2))))
    (call $say (call $div (call $i (i32.const 7)) (call $i (i32.const 0))))
    (call $last (call $mod (call $i (i32.const 7)) (call $i (i32.const 0))))
    (call $say (call $i (call $compare (call $i (i32.const 1))
      (call $of (i64.const 0x80000000)))))
    (call $say (call $i (call $compare (call $i (i32.const 1))
      (call $of (i64.const -0x80000000)))))
    (call $say (call $i (call $compare (call $of (i64.const 5000000000))
      (call $of (i64.const 5000000000)))))
    (call $last (call $of (i64.const 0x7fffffffffffffff)))
    (global.set $where (array.new_data $string $place (i32.const 0) (i32.const 6)))
    (call $last (call $add (call $of (i64.const 0x7fffffffffffffff)) (call $i (i32.const 1))))))
