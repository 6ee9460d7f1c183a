;; Rules of WebAssembly 3.0 that the official scripts leave untried: control, calls, locals, plain
;; instructions.

;; ---- select ----

(assert_invalid
  (module (func (result i32) (select (result i32) (i64.const 0) (i32.const 0) (i32.const 1))))
  "type mismatch: expected i32, found i64")
(assert_invalid
  (module (func (result i32) (select (result i32) (i32.const 0) (i64.const 0) (i32.const 1))))
  "type mismatch: expected i32, found i64")
(assert_invalid
  (module (func (drop (select (ref.null func) (i32.const 0) (i32.const 1)))))
  "type mismatch: select without a type")
(assert_invalid
  (module (func (unreachable) (ref.null func) (i32.const 0) (select) (drop)))
  "type mismatch: select without a type")
(assert_invalid
  (module (func (drop (select (i32.const 0) (ref.null func) (i32.const 1)))))
  "type mismatch: select without a type")
(module
  (func (result i64) (unreachable) (i64.const 0) (i32.const 0) (select))
  (func (result i64) (unreachable) (i32.const 0) (select))
  (func (result i64) (unreachable) (select) (i64.const 0) (i32.const 0) (select))
  (func (unreachable) (select) (drop))
  (func (result f32 f32) (unreachable) (select) (f32.const 0))
)
(assert_invalid
  (module (func (result i64) (unreachable) (i32.const 7) (i32.const 0) (select)))
  "type mismatch")
(assert_invalid
  (module (func (unreachable) (select) (i64.const 0) (i32.const 0) (i32.const 0) (select) (drop)
    (drop)))
  "type mismatch")

;; ---- if ----

(assert_invalid (module (func (if (i64.const 0) (then)))) "type mismatch: expected i32, found i64")
(assert_invalid (module (func (ref.null func) (if (then)))) "type mismatch")
(assert_invalid
  (module (func (result i64) (i32.const 0) (if (param i32) (result i64) (i32.const 1) (then))))
  "type mismatch")
(assert_invalid
  (module (func (param i32) (result i32)
    (if (result i32) (local.get 0) (then (i32.const 0)))))
  "type mismatch: expected i32, found nothing")
(assert_invalid
  (module (func (i32.const 0) (if (param i32) (i32.const 1) (then (drop)))))
  "type mismatch")
;; Without an else the parameters are the results: each of them a subtype.
(module
  (func (param eqref) (result anyref)
    (local.get 0) (if (param eqref) (result anyref) (i32.const 0) (then)))
  (func (param i32 i64) (result i32 i64)
    (local.get 0) (local.get 1)
    (if (param i32 i64) (result i32 i64) (i32.const 0) (then)))
)
(assert_invalid
  (module (func (param anyref) (result eqref)
    (local.get 0)
    (if (param anyref) (result eqref) (i32.const 0) (then (drop) (ref.null none)))))
  "type mismatch: expected (ref null eq), found (ref null any)")
(assert_invalid
  (module (func (param i32 i64) (result i32 i32)
    (local.get 0) (local.get 1)
    (if (param i32 i64) (result i32 i32) (i32.const 0)
      (then (drop) (drop) (i32.const 1) (i32.const 1)))))
  "type mismatch: expected i32, found i64")

;; ---- Branches on references ----

(assert_invalid (module (func (ref.is_null (i32.const 0)) (drop)))
  "type mismatch: expected a reference, found i32")
(assert_invalid (module (func (ref.as_non_null (i64.const 0)) (drop)))
  "type mismatch: expected a reference, found i64")
(assert_invalid (module (func (block (br_on_null 0 (i32.const 0)) (drop))))
  "type mismatch: expected a reference, found i32")
(assert_invalid
  (module (func (block (result anyref) (br_on_non_null 0 (f32.const 0)) (unreachable)) (drop)))
  "type mismatch: expected a reference, found f32")
(assert_invalid (module (func (ref.is_null) (drop))) "type mismatch: expected a value")
(module
  (func (result i32) (unreachable) (ref.is_null))
  (func (result (ref func)) (unreachable) (ref.as_non_null))
  (func (result (ref func)) (block (unreachable) (return (br_on_null 0))) (unreachable))
  (func (result (ref func)) (unreachable) (br_on_non_null 0))
  ;; What br_on_null leaves and br_on_non_null carries is not null.
  (func (param funcref) (result (ref func))
    (block (return (br_on_null 0 (local.get 0)))) (unreachable))
  (func (param funcref) (result (ref func))
    (br_on_non_null 0 (local.get 0)) (unreachable))
  (func (param funcref) (result (ref func)) (ref.as_non_null (local.get 0)))
  ;; Values below.
  (func (param funcref) (result i32)
    (block (result i32) (i32.const 0) (br_on_null 0 (local.get 0)) (drop)))
  (func (param funcref) (result i32)
    (block (result i32 (ref func))
      (i32.const 0) (br_on_non_null 0 (local.get 0)) (return))
    (drop))
)
(assert_invalid (module (func (param funcref) (drop (br_on_null 3 (local.get 0)))))
  "unknown label")
(assert_invalid
  (module (func (param funcref) (result i32)
    (block (result i32) (i64.const 0) (br_on_null 0 (local.get 0)) (drop))))
  "type mismatch: expected i32, found i64")
(assert_invalid
  (module (func (param funcref) (result i32)
    (block (result i32) (br_on_null 0 (local.get 0)) (drop) (i32.const 0))))
  "type mismatch: expected i32, found nothing")
(assert_invalid (module (func (param funcref) (br_on_non_null 3 (local.get 0))))
  "unknown label")
(assert_invalid (module (func (param funcref) (block (br_on_non_null 0 (local.get 0)))))
  "type mismatch: label 0 takes no reference")
(assert_invalid
  (module (func (param externref) (result funcref)
    (br_on_non_null 0 (local.get 0)) (unreachable)))
  "type mismatch")
(assert_invalid
  (module (func (param funcref) (result i32 funcref)
    (i64.const 0) (br_on_non_null 0 (local.get 0)) (unreachable)))
  "type mismatch: expected i32, found i64")
(assert_invalid
  (module (func (param funcref) (result i32 funcref)
    (br_on_non_null 0 (local.get 0)) (unreachable)))
  "type mismatch: expected i32, found nothing")

(module
  (func (param anyref) (result (ref null struct))
    (br_on_cast 0 anyref (ref null struct) (local.get 0)) (drop) (unreachable))
  ;; A nullable target takes the null away from the rest.
  (func (param anyref) (result (ref any))
    (block (result structref)
      (return (br_on_cast 0 anyref structref (local.get 0)))) (drop) (unreachable))
  (func (param anyref) (result structref)
    (block (result (ref any))
      (return (br_on_cast_fail 0 anyref structref (local.get 0)))) (drop) (unreachable))
  (func (param anyref) (result (ref struct))
    (block (result anyref)
      (return (br_on_cast_fail 0 anyref (ref struct) (local.get 0)))) (drop) (unreachable))
  (func (param i64 anyref) (result i64 anyref)
    (block (result i64 structref)
      (return (br_on_cast 0 anyref structref (local.get 0) (local.get 1)))))
)
(assert_invalid
  (module (func (param anyref) (result anyref)
    (br_on_cast 0 (ref null 9) (ref null none) (local.get 0))))
  "unknown type")
(assert_invalid
  (module (func (param anyref) (result anyref) (br_on_cast 0 anyref (ref null 9) (local.get 0))))
  "unknown type")
(assert_invalid
  (module (func (param anyref) (result anyref)
    (br_on_cast_fail 0 anyref (ref null 9) (local.get 0))))
  "unknown type")
(assert_invalid
  (module (func (param anyref) (result eqref)
    (br_on_cast 0 eqref structref (local.get 0))))
  "type mismatch: expected (ref null eq), found (ref null any)")
(assert_invalid
  (module (func (result eqref) (br_on_cast 0 eqref structref (i32.const 0))))
  "type mismatch: expected (ref null eq), found i32")
(assert_invalid
  (module (func (param eqref) (result anyref) (br_on_cast 0 eqref anyref (local.get 0))))
  "type mismatch: expected (ref null eq), found (ref null any)")
(assert_invalid
  (module (func (param anyref) (result (ref struct))
    (br_on_cast 0 anyref structref (local.get 0)) (unreachable)))
  "type mismatch: expected (ref struct), found (ref null struct)")
(assert_invalid
  (module (func (param anyref) (result (ref any))
    (block (result structref)
      (return (br_on_cast 0 anyref (ref struct) (local.get 0)))) (drop) (unreachable)))
  "type mismatch: expected (ref any), found (ref null any)")
(assert_invalid
  (module (func (param anyref) (result (ref any))
    (br_on_cast_fail 0 anyref (ref struct) (local.get 0))))
  "type mismatch: expected (ref any), found (ref null any)")
(assert_invalid (module (func (param anyref) (br_on_cast 7 anyref structref (local.get 0))))
  "unknown label")

;; ---- Calls ----

(assert_invalid
  (module (type $f (func)) (table 1 externref) (func (call_indirect (type $f) (i32.const 0))))
  "type mismatch: table 0 does not hold functions")
(assert_invalid
  (module (type $f (func)) (table 1 externref)
    (func (return_call_indirect (type $f) (i32.const 0))))
  "type mismatch: table 0 does not hold functions")
(module
  (type $f (func)) (table 1 (ref null $f)) (func (call_indirect (type $f) (i32.const 0))))
(assert_invalid (module (func (unreachable) (call_ref 9))) "unknown type")
(assert_invalid (module (type $s (struct)) (func (unreachable) (call_ref $s)))
  "non-function type")
(assert_invalid
  (module (type $f (func)) (type $c (cont $f)) (func (unreachable) (call_ref $c)))
  "non-function type")
(assert_invalid (module (func (unreachable) (return_call_ref 9))) "unknown type")
(assert_invalid
  (module (table 1 funcref) (type $s (struct)) (func (call_indirect (type $s) (i32.const 0))))
  "non-function type")

;; ---- Blocks ----

(assert_invalid (module (func (block (result (ref null 9)) (unreachable)) (drop)))
  "unknown type")
(assert_invalid (module (func (try_table (result (ref null 9)) (unreachable)) (drop)))
  "unknown type")
(assert_invalid (module (type $s (struct)) (func (try_table (type $s)))) "non-function type")
(assert_invalid (module (type $s (struct)) (func (loop (type $s)))) "non-function type")
(assert_invalid (module (type $s (struct)) (func (if (type $s) (i32.const 0) (then))))
  "non-function type")

;; ---- Exceptions ----

(assert_invalid (module (func (throw 0))) "unknown tag")
(assert_invalid (module (func (block (try_table (catch 4 0))))) "unknown tag")
(assert_invalid
  (module (tag $e) (func (block (result exnref) (try_table (catch_ref 4 0)) (unreachable))
    (drop)))
  "unknown tag")
(assert_invalid (module (tag $e) (func (block (try_table (catch $e 9))))) "unknown label")
(assert_invalid (module (func (try_table (catch_all 9)))) "unknown label")
(assert_invalid (module (func (throw_ref))) "type mismatch: expected (ref null exn), found nothing")
(assert_invalid (module (func (throw_ref (i32.const 0))))
  "type mismatch: expected (ref null exn), found i32")
(assert_invalid (module (func (param externref) (throw_ref (local.get 0))))
  "type mismatch: expected (ref null exn), found (ref null extern)")
(module (func (result i32) (throw_ref (ref.null noexn))))
;; What is caught is not null, a payload goes to a supertype.
(module
  (tag $e (param structref))
  (func (result (ref exn)) (try_table (catch_all_ref 0)) (unreachable))
  (func (result anyref) (try_table (catch $e 0)) (unreachable))
  (func (result anyref exnref) (try_table (catch_ref $e 0)) (unreachable)))
(assert_invalid
  (module (tag $e (param anyref)) (func (result structref) (try_table (catch $e 0)) (unreachable)))
  "type mismatch")
(assert_invalid
  (module (tag $e) (func (result exnref) (try_table (catch $e 0)) (unreachable)))
  "type mismatch: the clause gives 0 values, its label takes 1")
(assert_invalid (module (tag $e) (func (try_table (catch_ref $e 0)) (unreachable)))
  "type mismatch: the clause gives 1 values, its label takes 0")
(assert_invalid
  (module (func (result externref) (try_table (catch_all_ref 0)) (unreachable)))
  "type mismatch")

;; ---- Locals and globals ----

(assert_invalid
  (module (global $g (mut i32) (i32.const 0)) (func (global.set $g (i64.const 0))))
  "type mismatch: expected i32, found i64")
(assert_invalid (module (global $g (mut i32) (i32.const 0)) (func (global.set $g)))
  "type mismatch: expected i32, found nothing")
(assert_invalid
  (module (global $g (mut structref) (ref.null none))
    (func (param eqref) (global.set $g (local.get 0))))
  "type mismatch")
(module
  (global $g (mut anyref) (ref.null none)) (func (param eqref) (global.set $g (local.get 0))))
(assert_invalid (module (func (global.set 0 (i32.const 0)))) "unknown global")
(assert_invalid (module (func (drop (global.get 0)))) "unknown global")
;; A local set in a block is unset behind it; its else sees none of what was set before.
(assert_invalid
  (module (func (param $p (ref func)) (param i32) (local $x (ref func))
    (if (local.get 1) (then (local.set $x (local.get $p))) (else (drop (local.get $x))))))
  "uninitialized local")
(assert_invalid
  (module (func (param $p (ref func)) (local $x (ref func))
    (loop (local.set $x (local.get $p))) (drop (local.get $x))))
  "uninitialized local")
(module (func (param $p (ref func)) (result (ref func)) (local $x (ref func))
  (local.set $x (local.get $p)) (block (local.set $x (local.get $p))) (local.get $x)))
(module (func (param $p (ref func)) (result (ref func)) (local $x (ref func))
  (drop (local.tee $x (local.get $p))) (local.get $x)))

;; ---- Lanes, alignment, offsets ----

(assert_invalid
  (module (func (param v128) (result v128)
    (i8x16.shuffle 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 32 (local.get 0) (local.get 0))))
  "invalid lane index")
(module (func (param v128) (result v128)
  (i8x16.shuffle 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 31 (local.get 0) (local.get 0))))
(assert_invalid (module (func (param v128) (result i32) (i8x16.extract_lane_s 16 (local.get 0))))
  "invalid lane index")
(assert_invalid (module (func (param v128) (result f64) (f64x2.extract_lane 2 (local.get 0))))
  "invalid lane index")
(assert_invalid
  (module (memory 1) (func (param v128) (v128.store32_lane 4 (i32.const 0) (local.get 0))))
  "invalid lane index")
(module (memory 1)
  (func (param v128) (v128.store32_lane 3 (i32.const 0) (local.get 0)))
  (func (result v128) (v128.load align=16 (i32.const 0))))
(assert_invalid (module (memory 1) (func (drop (v128.load align=32 (i32.const 0)))))
  "alignment must not be larger than natural")
(module (memory i64 1)
  (func (drop (i32.load offset=0x1_0000_0000 (i64.const 0))))
  (func (drop (v128.load offset=0xffff_ffff_ffff_ffff (i64.const 0)))))
(module (memory 1) (func (drop (i32.load offset=0xffff_ffff (i32.const 0)))))
(assert_invalid (module (memory 1) (func (drop (i32.load offset=0x1_0000_0000 (i32.const 0)))))
  "offset out of range")
(assert_invalid (module (memory i64 1) (func (drop (i32.load (i32.const 0)))))
  "type mismatch: expected i64, found i32")
(assert_invalid (module (memory i64 1) (func (drop (memory.grow (i32.const 0)))))
  "type mismatch: expected i64, found i32")
(assert_invalid (module (memory 1) (func (drop (memory.grow (i64.const 0)))))
  "type mismatch: expected i32, found i64")
(assert_invalid (module (func (drop (memory.size)))) "unknown memory")
(assert_invalid (module (memory 1) (func (drop (i32.load 1 (i32.const 0))))) "unknown memory")

;; ---- Constant expressions ----

(assert_invalid (module (global i32 (i32.const 0) (i32.const 0))) "type mismatch")
(assert_invalid (module (global i32)) "type mismatch")
(assert_invalid (module (global i32 (i64.const 0))) "type mismatch")
(assert_invalid (module (global i32 (i32.and (i32.const 0) (i32.const 0))))
  "constant expression required")
(assert_invalid (module (global i32 (global.get 0))) "unknown global")
(assert_invalid (module (global i32 (global.get 1)) (global i32 (i32.const 0)))
  "unknown global")
(assert_invalid
  (module (global $m (mut i32) (i32.const 0)) (global i32 (global.get $m)))
  "constant expression required")
(module
  (import "spectest" "global_i32" (global $i i32))
  (global $a i32 (global.get $i)) (global i32 (i32.add (global.get $a) (i32.const 1))))
(assert_invalid (module (global funcref (ref.func 7))) "unknown function")
(assert_invalid (module (func (drop (ref.func 1)))) "unknown function")
(assert_invalid (module (func $f (drop (ref.func $f)))) "undeclared function reference")

;; ---- select again: its last operand ----

(assert_invalid
  (module (func (result i32) (select (result i32) (i32.const 0) (i32.const 0) (i64.const 1))))
  "type mismatch: expected i32, found i64")

;; ---- numbers: each operand ----

(assert_invalid
  (module (func (result i32) (i32.add (i64.const 0) (i32.const 0))))
  "type mismatch: expected i32, found i64")
(assert_invalid
  (module (func (result i32) (i32.add (i32.const 0) (i64.const 0))))
  "type mismatch: expected i32, found i64")
(assert_invalid
  (module (memory 1) (func (i64.store (i64.const 0) (i64.const 0))))
  "type mismatch: expected i32, found i64")
(assert_invalid
  (module (memory 1) (func (i64.store (i32.const 0) (i32.const 0))))
  "type mismatch: expected i64, found i32")
