;; expect: 1
;; expect: 2
;; expect: 3
;; expect: 4
;; expect: 5
;; expect: 6
;; expect: 7
;; expect: 8
;; expect: 9
;; expect: 10
;; expect: 11
;; expect: 12
;; expect: 13
;;
;; Vectors where other values go as well: operands, locals, blocks, calls, globals, structs,
;; arrays, payloads; the results that relaxed instructions choose.
(module
  (import "wasi_snapshot_preview1" "fd_write"
    (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (memory $wide i64 1)
  ;; Print a number, at least 0, on a line.
  (func $print (param $n i32)
    (local $at i32)
    (i32.store8 (local.tee $at (i32.const 63)) (i32.const 10))
    (loop $digit
      (i32.store8 (local.tee $at (i32.sub (local.get $at) (i32.const 1)))
        (i32.add (i32.const 48) (i32.rem_u (local.get $n) (i32.const 10))))
      (br_if $digit
        (local.tee $n (i32.div_u (local.get $n) (i32.const 10)))))
    (i32.store (i32.const 0) (local.get $at))
    (i32.store (i32.const 4) (i32.sub (i32.const 64) (local.get $at)))
    (drop (call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8))))
  ;; Print n when a is b, else 0.
  (func $same (param $n i32) (param $a v128) (param $b v128)
    (call $print (select (local.get $n) (i32.const 0)
      (i8x16.all_true (i8x16.eq (local.get $a) (local.get $b))))))

  (type $point (struct (field i8) (field $at (mut v128)) (field i32)))
  (type $line (array (mut v128)))
  (type $bytes (array (mut i8)))
  (type $ft (func (param v128) (result v128)))
  (type $ct (cont $ft))
  (tag $ask (param i32 v128) (result v128))
  (global $g (mut v128) (v128.const i32x4 9 8 7 6))
  (data $sixteen "\01\00\00\00\02\00\00\00\03\00\00\00\04\00\00\00")

  (func $swap (param $a v128) (param $n i32) (param $b v128) (result v128 i32 v128)
    (local.get $b) (local.get $n) (local.get $a))
  (func $asker (type $ft)
    (i32x4.add (local.get 0) (suspend $ask (i32.const 5) (local.get 0))))
  (elem declare func $asker)

  (func $places (local $a v128) (local $b v128) (local $n i32)
    (local.set $a (v128.const i32x4 1 2 3 4))
    ;; A local overwritten while an operand is still in it, and through itself.
    (local.get $a)
    (local.set $a (i32x4.add (local.get $a) (local.get $a)))
    (local.set $b (i32x4.mul (local.get $a)))
    (call $same (i32.const 1) (local.get $b) (v128.const i32x4 2 8 18 32))
    ;; Through a block, a branch and a loop.
    (local.set $b
      (block $out (result v128)
        (br_if $out (local.get $a) (i32.const 1))
        (drop) (v128.const i32x4 0 0 0 0)))
    (loop $again (param) (result)
      (local.set $b (i32x4.sub (local.get $b) (i32x4.splat (i32.const 1))))
      (br_if $again (i32.gt_s (i32x4.extract_lane 3 (local.get $b)) (i32.const 0))))
    (call $same (i32.const 2) (local.get $b) (v128.const i32x4 -6 -4 -2 0))
    ;; Several results.
    (call $swap (local.get $a) (i32.const 3) (local.get $b))
    (local.set $a) (local.set $n) (local.set $b)
    (call $same (local.get $n) (local.get $a) (v128.const i32x4 2 4 6 8))
    (global.set $g (i32x4.add (global.get $g) (local.get $a)))
    (call $same (i32.const 4) (global.get $g) (v128.const i32x4 11 12 13 14)))

  (func $payload (local $x v128) (local $k (ref null $ct)) (local $n i32)
    (block $on (result i32 v128 (ref $ct))
      (resume $ct (on $ask $on) (v128.const i32x4 1 2 3 4) (cont.new $ct (ref.func $asker)))
      (drop) (unreachable))
    (local.set $k) (local.set $x) (local.set $n)
    (call $same (local.get $n)
      (resume $ct (i32x4.neg (local.get $x)) (local.get $k))
      (v128.const i32x4 0 0 0 0)))

  (func $objects (local $p (ref null $point)) (local $l (ref null $line))
    (local.set $p (struct.new $point (i32.const 7) (v128.const i32x4 1 2 3 4) (i32.const 8)))
    (struct.set $point $at (local.get $p)
      (i32x4.replace_lane 2 (struct.get $point $at (local.get $p)) (i32.const 50)))
    (call $same (i32.const 6) (struct.get $point $at (local.get $p))
      (v128.const i32x4 1 2 50 4))
    (local.set $l (array.new_fixed $line 2 (global.get $g) (v128.const i32x4 0 1 0 1)))
    (array.set $line (local.get $l) (i32.const 0)
      (v128.xor (array.get $line (local.get $l) (i32.const 0))
        (array.get $line (local.get $l) (i32.const 1))))
    (call $same (i32.const 7) (array.get $line (local.get $l) (i32.const 0))
      (v128.const i32x4 11 13 13 15))
    (call $same (i32.const 8)
      (array.get $line (array.new_data $line $sixteen (i32.const 0) (i32.const 1))
        (i32.const 0))
      (array.get $line (array.new $line (v128.const i32x4 1 2 3 4) (i32.const 3))
        (i32.const 2))))

  ;; Lanes of a memory other than the first, with addresses of 64 bits.
  (func $lanes (local $v v128)
    (local.set $v (v128.const i16x8 1 2 3 4 5 6 7 8))
    (v128.store $wide offset=8 (i64.const 65512) (local.get $v))
    (v128.store16_lane $wide offset=1 7 (i64.const 99) (local.get $v))
    (local.set $v
      (v128.load16_lane $wide offset=65534 0 (i64.const 0) (local.get $v)))
    (call $same (i32.const 9)
      (v128.load8_lane $wide 15 (i64.const 100) (local.get $v))
      (v128.const i16x8 8 2 3 4 5 6 7 0x808))
    (call $same (i32.const 10)
      (i16x8.add (v128.load16x4_u $wide offset=65520 (i64.const 0))
        (v128.load64_zero $wide (i64.const 65520)))
      (v128.const i16x8 2 2 5 4 3 0 4 0)))

  ;; What the standard's deterministic profile chooses where it leaves a choice.
  (func $relaxed
    (call $same (i32.const 11)
      (i16x8.relaxed_dot_i8x16_i7x16_s
        (v128.const i8x16 -128 -128 -128 -128 1 1 1 1 1 1 1 1 1 1 1 1)
        (v128.const i8x16 -128 -128 127 127 -1 -1 1 1 1 1 1 1 1 1 1 1))
      (v128.const i16x8 32767 -32512 -2 2 2 2 2 2))
    (call $same (i32.const 12)
      (v128.or
        (i32x4.relaxed_trunc_f32x4_u (v128.const f32x4 nan -1 0x1p32 2))
        (v128.or
          (i8x16.relaxed_swizzle (i8x16.splat (i32.const 64)) (i8x16.splat (i32.const 16)))
          (f64x2.relaxed_madd
            (v128.const f64x2 0x1.0000000000001p0 0)
            (v128.const f64x2 0x1.0000000000001p0 0)
            (v128.const f64x2 -0x1.0000000000002p0 0))))
      (v128.const i32x4 0 0 -1 2))
    (call $same (i32.const 13)
      (v128.or
        (i8x16.relaxed_laneselect (i8x16.splat (i32.const 15)) (i8x16.splat (i32.const 0))
          (i8x16.splat (i32.const 0x80)))
        (v128.or
          (f32x4.relaxed_max (f32x4.splat (f32.const -0)) (f32x4.splat (f32.const 0)))
          (i16x8.relaxed_q15mulr_s (i16x8.splat (i32.const -32768))
            (i16x8.splat (i32.const -32768)))))
      (i16x8.splat (i32.const 32767))))

  (func (export "_start")
    (call $places) (call $payload) (call $objects) (call $lanes) (call $relaxed)))
