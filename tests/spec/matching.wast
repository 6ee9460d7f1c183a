;; Imports and exports: continuation types and tags across instances.

(module $m
  (type $s0 (sub (struct)))
  (type $s1 (sub $s0 (struct (field i32))))
  (type $f0 (sub (func (result (ref null $s0)))))
  (type $f1 (sub $f0 (func (result (ref null $s1)))))
  (type $c0 (sub (cont $f0)))
  (type $c1 (sub $c0 (cont $f1)))
  (type $v (func)) (type $cv (cont $v))
  (type $i (func (param i32) (result i64)))

  (tag (export "tag-f0") (type $f0))
  (tag (export "tag-f1") (type $f1))
  (tag (export "tag-i") (param i32) (result i64))
  (tag (export "tag-c0") (param (ref null $c0)))
  (tag (export "tag-c1") (param (ref null $c1)))
  (tag (export "tag-v"))

  (global (export "c0") (ref null $c0) (ref.null $c0))
  (global (export "c1") (ref null $c1) (ref.null $c1))
  (global (export "c1-mut") (mut (ref null $c1)) (ref.null $c1))
  (global (export "null") nullcontref (ref.null nocont))
  (table (export "c1-table") 2 (ref null $c1))
  (func (export "take-c0") (param (ref null $c0)))
  (func (export "give-c1") (result (ref null $c1)) (ref.null $c1))

  (func $nop)
  (elem declare func $nop)
  (global $k (export "k") (mut (ref null $cv)) (ref.null $cv))
  (func (export "make") (global.set $k (cont.new $cv (ref.func $nop))))
)
(register "m" $m)

;; ---- Tags: the same type, both ways ----

(module
  (type $s0 (sub (struct)))
  (type $s1 (sub $s0 (struct (field i32))))
  (type $f0 (sub (func (result (ref null $s0)))))
  (type $f1 (sub $f0 (func (result (ref null $s1)))))
  (type $c0 (sub (cont $f0)))
  (type $c1 (sub $c0 (cont $f1)))
  (import "m" "tag-f0" (tag (type $f0)))
  (import "m" "tag-f1" (tag (type $f1)))
  (import "m" "tag-i" (tag (param i32) (result i64)))
  (import "m" "tag-c0" (tag (param (ref null $c0))))
  (import "m" "tag-c1" (tag (param (ref null $c1))))
  (import "m" "tag-v" (tag))
)
;; Not at a supertype ...
(assert_unlinkable
  (module
    (type $s0 (sub (struct)))
    (type $s1 (sub $s0 (struct (field i32))))
    (type $f0 (sub (func (result (ref null $s0)))))
    (type $f1 (sub $f0 (func (result (ref null $s1)))))
    (import "m" "tag-f1" (tag (type $f0))))
  "incompatible import type")
;; ... nor at a subtype ...
(assert_unlinkable
  (module
    (type $s0 (sub (struct)))
    (type $s1 (sub $s0 (struct (field i32))))
    (type $f0 (sub (func (result (ref null $s0)))))
    (type $f1 (sub $f0 (func (result (ref null $s1)))))
    (import "m" "tag-f0" (tag (type $f1))))
  "incompatible import type")
;; ... nor at a type that only looks alike.
(assert_unlinkable
  (module
    (type $s0 (sub (struct)))
    (type $f0 (func (result (ref null $s0))))
    (import "m" "tag-f0" (tag (type $f0))))
  "incompatible import type")
(assert_unlinkable (module (import "m" "tag-i" (tag (param i32)))) "incompatible import type")
(assert_unlinkable (module (import "m" "tag-i" (tag (result i64)))) "incompatible import type")
(assert_unlinkable (module (import "m" "tag-i" (tag (param i64) (result i64))))
  "incompatible import type")
(assert_unlinkable (module (import "m" "tag-i" (tag (param i32) (result i32))))
  "incompatible import type")
(assert_unlinkable (module (import "m" "tag-v" (tag (result i32)))) "incompatible import type")
(assert_unlinkable (module (import "m" "tag-v" (tag (param i32)))) "incompatible import type")
(assert_unlinkable
  (module
    (type $s0 (sub (struct)))
    (type $s1 (sub $s0 (struct (field i32))))
    (type $f0 (sub (func (result (ref null $s0)))))
    (type $f1 (sub $f0 (func (result (ref null $s1)))))
    (type $c0 (sub (cont $f0)))
    (type $c1 (sub $c0 (cont $f1)))
    (import "m" "tag-c1" (tag (param (ref null $c0)))))
  "incompatible import type")
(assert_unlinkable
  (module
    (type $s0 (sub (struct)))
    (type $s1 (sub $s0 (struct (field i32))))
    (type $f0 (sub (func (result (ref null $s0)))))
    (type $f1 (sub $f0 (func (result (ref null $s1)))))
    (type $c0 (sub (cont $f0)))
    (type $c1 (sub $c0 (cont $f1)))
    (import "m" "tag-c0" (tag (param (ref null $c1)))))
  "incompatible import type")
;; Of the right kind, and there.
(assert_unlinkable (module (import "m" "make" (tag))) "incompatible import type")
(assert_unlinkable (module (import "m" "tag-v" (func))) "incompatible import type")
(assert_unlinkable (module (import "m" "tag-none" (tag))) "unknown import")

;; ---- Globals, tables, functions: subtyping as for any reference ----

(module
  (type $s0 (sub (struct)))
  (type $s1 (sub $s0 (struct (field i32))))
  (type $f0 (sub (func (result (ref null $s0)))))
  (type $f1 (sub $f0 (func (result (ref null $s1)))))
  (type $c0 (sub (cont $f0)))
  (type $c1 (sub $c0 (cont $f1)))
  (import "m" "c0" (global (ref null $c0)))
  (import "m" "c0" (global contref))
  (import "m" "c1" (global (ref null $c0)))
  (import "m" "c1-mut" (global (mut (ref null $c1))))
  (import "m" "null" (global (ref null $c1)))
  (import "m" "null" (global contref))
  (import "m" "c1-table" (table 1 (ref null $c1)))
  (import "m" "take-c0" (func (param (ref null $c0))))
  (import "m" "give-c1" (func (result (ref null $c1))))
)
(assert_unlinkable
  (module
    (type $s0 (sub (struct)))
    (type $s1 (sub $s0 (struct (field i32))))
    (type $f0 (sub (func (result (ref null $s0)))))
    (type $f1 (sub $f0 (func (result (ref null $s1)))))
    (type $c0 (sub (cont $f0)))
    (type $c1 (sub $c0 (cont $f1)))
    (import "m" "c0" (global (ref null $c1))))
  "incompatible import type")
(assert_unlinkable
  (module
    (type $s0 (sub (struct)))
    (type $s1 (sub $s0 (struct (field i32))))
    (type $f0 (sub (func (result (ref null $s0)))))
    (type $f1 (sub $f0 (func (result (ref null $s1)))))
    (type $c0 (sub (cont $f0)))
    (type $c1 (sub $c0 (cont $f1)))
    (import "m" "c1-mut" (global (mut (ref null $c0)))))
  "incompatible import type")
(assert_unlinkable (module (import "m" "c0" (global nullcontref))) "incompatible import type")
(assert_unlinkable (module (import "m" "c0" (global anyref))) "incompatible import type")
(assert_unlinkable (module (import "m" "null" (global nullref))) "incompatible import type")
(assert_unlinkable (module (import "m" "c1-table" (table 1 contref)))
  "incompatible import type")
(assert_unlinkable
  (module (type $f (func)) (type $c (cont $f)) (import "m" "c0" (global (ref null $c))))
  "incompatible import type")

;; ---- Values between instances ----

;; A continuation made in one instance is resumed in another.
(module $n
  (type $v (func)) (type $cv (cont $v))
  (import "m" "k" (global $k (mut (ref null $cv))))
  (import "m" "make" (func $make))
  (func (export "run") (call $make) (resume $cv (global.get $k)))
  (func (export "again") (resume $cv (global.get $k)))
)
(assert_return (invoke $n "run"))
(assert_trap (invoke $n "again") "continuation already consumed")

;; A suspension captured in one instance goes on in another; its code sees its own instance.
(module $gen
  (type $v (func)) (type $c (cont $v))
  (tag $yield (export "yield") (param i32))
  (global $n (mut i32) (i32.const 0))
  (func $run
    (loop $l
      (global.set $n (i32.add (global.get $n) (i32.const 1)))
      (suspend $yield (global.get $n))
      (br $l)))
  (elem declare func $run)
  (func (export "start") (result (ref $c)) (cont.new $c (ref.func $run)))
  (func (export "n") (result i32) (global.get $n))
)
(register "gen" $gen)
(module
  (type $v (func)) (type $c (cont $v))
  (import "gen" "yield" (tag $yield (param i32)))
  (import "gen" "start" (func $start (result (ref $c))))
  (global $n (mut i32) (i32.const 1000))
  (func (export "sum") (param $times i32) (result i32)
    (local $k (ref null $c)) (local $sum i32)
    (local.set $k (call $start))
    (loop $l
      (block $on (result i32 (ref $c))
        (resume $c (on $yield $on) (local.get $k))
        (unreachable))
      (local.set $k)
      (local.set $sum (i32.add (local.get $sum)))
      (br_if $l (local.tee $times (i32.sub (local.get $times) (i32.const 1)))))
    (local.get $sum))
)
(assert_return (invoke "sum" (i32.const 4)) (i32.const 10))
(assert_return (invoke "sum" (i32.const 2)) (i32.const 11))
(assert_return (invoke $gen "n") (i32.const 6))
