;; cont.bind $ct $ct' : [t3* (ref null $ct)] -> [(ref $ct')]
;;   $ct ~~ cont [t3* t1*] -> [t2*], $ct' ~~ cont [t1'*] -> [t2'*], [t1*]->[t2*] <: [t1'*]->[t2'*]

(module
  (type $f3 (func (param i32 i64 f32) (result i32)))
  (type $f2 (func (param i64 f32) (result i32)))
  (type $f1 (func (param f32) (result i32)))
  (type $f0 (func (result i32)))
  (type $c3 (cont $f3)) (type $c2 (cont $f2)) (type $c1 (cont $f1)) (type $c0 (cont $f0))
  (func $sum (type $f3)
    (i32.add (local.get 0)
      (i32.add (i32.wrap_i64 (local.get 1)) (i32.trunc_f32_s (local.get 2)))))
  (elem declare func $sum)
  (func $make (result (ref $c3)) (cont.new $c3 (ref.func $sum)))

  (func (export "none") (result i32)
    (resume $c3 (i32.const 1) (i64.const 20) (f32.const 300)
      (cont.bind $c3 $c3 (call $make))))
  (func (export "one") (result i32)
    (resume $c2 (i64.const 20) (f32.const 300)
      (cont.bind $c3 $c2 (i32.const 1) (call $make))))
  (func (export "all") (result i32)
    (resume $c0
      (cont.bind $c3 $c0 (i32.const 1) (i64.const 20) (f32.const 300) (call $make))))
  (func (export "step") (result i32)
    (resume $c0
      (cont.bind $c1 $c0 (f32.const 300)
        (cont.bind $c2 $c1 (i64.const 20)
          (cont.bind $c3 $c2 (i32.const 1) (call $make))))))

  ;; The result is not null; the operand may be.
  (func (result (ref $c2)) (cont.bind $c3 $c2 (i32.const 1) (call $make)))
  (func (export "null") (drop (cont.bind $c3 $c2 (i32.const 1) (ref.null $c3))))
  (func (export "nocont") (drop (cont.bind $c3 $c3 (ref.null nocont))))
  ;; It is consumed, even when nothing is bound.
  (func (export "bind-twice")
    (local $k (ref null $c3))
    (local.set $k (call $make))
    (drop (cont.bind $c3 $c2 (i32.const 1) (local.get $k)))
    (drop (cont.bind $c3 $c2 (i32.const 1) (local.get $k))))
  (func (export "bind-resume") (result i32)
    (local $k (ref null $c3))
    (local.set $k (call $make))
    (drop (cont.bind $c3 $c3 (local.get $k)))
    (resume $c3 (i32.const 1) (i64.const 2) (f32.const 3) (local.get $k)))
  (func (export "resume-bind")
    (local $k (ref null $c3))
    (local.set $k (call $make))
    (drop (resume $c3 (i32.const 1) (i64.const 2) (f32.const 3) (local.get $k)))
    (drop (cont.bind $c3 $c3 (local.get $k))))
  (func (unreachable) (cont.bind $c3 $c1) (drop))
  (func (unreachable) (i64.const 1) (ref.null $c3) (cont.bind $c3 $c1) (drop))
)
(assert_return (invoke "none") (i32.const 321))
(assert_return (invoke "one") (i32.const 321))
(assert_return (invoke "all") (i32.const 321))
(assert_return (invoke "step") (i32.const 321))
(assert_trap (invoke "null") "null continuation reference")
(assert_trap (invoke "nocont") "null continuation reference")
(assert_trap (invoke "bind-twice") "continuation already consumed")
(assert_trap (invoke "bind-resume") "continuation already consumed")
(assert_trap (invoke "resume-bind") "continuation already consumed")

;; Arguments bound to a suspended continuation are what its suspend returns.
(module
  (type $f (func (result i32)))
  (type $g (func (param i32 i32) (result i32)))
  (type $h (func (param i32) (result i32)))
  (type $cf (cont $f)) (type $cg (cont $g)) (type $ch (cont $h))
  (tag $e (result i32 i32))
  (func $two (type $f) (i32.sub (suspend $e)))
  (elem declare func $two)
  (func (export "bind-suspended") (result i32)
    (local $k (ref null $cg))
    (block $on (result (ref $cg))
      (return (resume $cf (on $e $on) (cont.new $cf (ref.func $two)))))
    (local.set $k)
    (resume $cf
      (cont.bind $ch $cf (i32.const 3)
        (cont.bind $cg $ch (i32.const 50) (local.get $k)))))
)
(assert_return (invoke "bind-suspended") (i32.const 47))

;; What is left may be of a type that follows structurally: parameters smaller, results larger.
(module
  (type $f (func (param i32 anyref) (result i31ref)))
  (type $g (func (param structref) (result eqref)))
  (type $c (cont $f)) (type $d (cont $g))
  (func (param (ref null $c)) (result (ref $d)) (cont.bind $c $d (i32.const 0) (local.get 0)))
)
;; The operand may be of a declared subtype.
(module
  (type $f (func (param i32))) (type $g (func))
  (type $c (sub (cont $f))) (type $d (sub $c (cont $f))) (type $e (cont $g))
  (func (param (ref $d)) (result (ref $e)) (cont.bind $c $e (i32.const 0) (local.get 0)))
)

;; Both types are there and are continuation types.
(assert_invalid
  (module (type $f (func)) (type $c (cont $f)) (func (unreachable) (cont.bind 9 $c) (drop)))
  "unknown type")
(assert_invalid
  (module (type $f (func)) (type $c (cont $f)) (func (unreachable) (cont.bind $c 9) (drop)))
  "unknown type")
(assert_invalid
  (module (type $f (func)) (type $c (cont $f)) (func (unreachable) (cont.bind $f $c) (drop)))
  "non-continuation type $f")
(assert_invalid
  (module (type $f (func)) (type $c (cont $f)) (func (unreachable) (cont.bind $c $f) (drop)))
  "non-continuation type $f")
(assert_invalid
  (module (type $s (struct)) (type $f (func)) (type $c (cont $f))
    (func (unreachable) (cont.bind $c $s) (drop)))
  "non-continuation type $s")
;; There are not more parameters afterwards.
(assert_invalid
  (module
    (type $f (func)) (type $g (func (param i32))) (type $c (cont $f)) (type $d (cont $g))
    (func (param (ref $c)) (drop (cont.bind $c $d (local.get 0)))))
  "type mismatch in continuation arguments")
;; What is left matches: in parameters ...
(assert_invalid
  (module
    (type $f (func (param i32 i64))) (type $g (func (param i32)))
    (type $c (cont $f)) (type $d (cont $g))
    (func (param (ref $c)) (drop (cont.bind $c $d (i32.const 0) (local.get 0)))))
  "type mismatch in continuation types")
(assert_invalid
  (module
    (type $f (func (param i32 structref))) (type $g (func (param anyref)))
    (type $c (cont $f)) (type $d (cont $g))
    (func (param (ref $c)) (drop (cont.bind $c $d (i32.const 0) (local.get 0)))))
  "type mismatch in continuation types")
;; ... in the number of results ...
(assert_invalid
  (module
    (type $f (func (param i32) (result i32))) (type $g (func))
    (type $c (cont $f)) (type $d (cont $g))
    (func (param (ref $c)) (drop (cont.bind $c $d (i32.const 0) (local.get 0)))))
  "type mismatch in continuation types")
(assert_invalid
  (module
    (type $f (func (param i32))) (type $g (func (result i32)))
    (type $c (cont $f)) (type $d (cont $g))
    (func (param (ref $c)) (drop (cont.bind $c $d (i32.const 0) (local.get 0)))))
  "type mismatch in continuation types")
;; ... and in their types.
(assert_invalid
  (module
    (type $f (func (result i32))) (type $g (func (result i64)))
    (type $c (cont $f)) (type $d (cont $g))
    (func (param (ref $c)) (drop (cont.bind $c $d (local.get 0)))))
  "type mismatch in continuation types")
(assert_invalid
  (module
    (type $f (func (result anyref))) (type $g (func (result structref)))
    (type $c (cont $f)) (type $d (cont $g))
    (func (param (ref $c)) (drop (cont.bind $c $d (local.get 0)))))
  "type mismatch in continuation types")
;; The operands: a continuation ...
(assert_invalid
  (module (type $f (func)) (type $c (cont $f)) (func (drop (cont.bind $c $c))))
  "type mismatch: expected (ref null $c), found nothing")
(assert_invalid
  (module (type $f (func)) (type $c (cont $f))
    (func (param (ref $f)) (drop (cont.bind $c $c (local.get 0)))))
  "type mismatch: expected (ref null $c), found (ref $f)")
(assert_invalid
  (module (type $f (func)) (type $c (cont $f))
    (func (param contref) (drop (cont.bind $c $c (local.get 0)))))
  "type mismatch")
(assert_invalid
  (module (type $f (func)) (type $c (cont $f)) (type $d (sub (cont $f)))
    (func (param (ref $d)) (drop (cont.bind $c $c (local.get 0)))))
  "type mismatch")
;; ... and the arguments below it.
(assert_invalid
  (module
    (type $f (func (param i32))) (type $g (func)) (type $c (cont $f)) (type $d (cont $g))
    (func (param (ref $c)) (drop (cont.bind $c $d (local.get 0)))))
  "type mismatch: expected i32, found nothing")
(assert_invalid
  (module
    (type $f (func (param i32))) (type $g (func)) (type $c (cont $f)) (type $d (cont $g))
    (func (param (ref $c)) (drop (cont.bind $c $d (i64.const 0) (local.get 0)))))
  "type mismatch: expected i32, found i64")
(assert_invalid
  (module
    (type $f (func (param i32 i64))) (type $g (func)) (type $c (cont $f)) (type $d (cont $g))
    (func (param (ref $c)) (drop (cont.bind $c $d (i64.const 0) (i32.const 0) (local.get 0)))))
  "type mismatch: expected i64, found i32")
(assert_invalid
  (module
    (type $f (func (param (ref any)))) (type $g (func)) (type $c (cont $f)) (type $d (cont $g))
    (func (param (ref $c) anyref)
      (drop (cont.bind $c $d (local.get 1) (local.get 0)))))
  "type mismatch")
;; The result is of the second type.
(assert_invalid
  (module
    (type $f (func (param i32))) (type $g (func)) (type $c (cont $f)) (type $d (cont $g))
    (func (param (ref $c)) (result (ref $c)) (cont.bind $c $d (i32.const 0) (local.get 0))))
  "type mismatch")
