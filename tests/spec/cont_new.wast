;; cont.new $ct : [(ref null $ft)] -> [(ref $ct)]   $ct = cont $ft

(module
  (type $f (func (param i32) (result i32)))
  (type $c (cont $f))
  (type $sub-f (sub (func (result i32))))
  (type $g (sub $sub-f (func (result i32))))
  (type $sub-c (cont $sub-f))
  (func $inc (type $f) (i32.add (local.get 0) (i32.const 1)))
  (func $seven (type $g) (i32.const 7))
  (elem declare func $inc $seven)
  (global $null (ref null $f) (ref.null $f))

  ;; The result is not null.
  (func $make (result (ref $c)) (cont.new $c (ref.func $inc)))
  (func (export "run") (param i32) (result i32)
    (resume $c (local.get 0) (call $make)))
  ;; The operand may be.
  (func (export "null") (drop (cont.new $c (ref.null $f))))
  (func (export "nofunc") (drop (cont.new $c (ref.null nofunc))))
  (func (export "null-global") (drop (cont.new $c (global.get $null))))
  ;; A function of a declared subtype.
  (func (export "sub") (result i32) (resume $sub-c (cont.new $sub-c (ref.func $seven))))
  ;; Nothing is run before it is resumed.
  (global $n (mut i32) (i32.const 0))
  (type $v (func)) (type $cv (cont $v))
  (func $count (global.set $n (i32.add (global.get $n) (i32.const 1))))
  (elem declare func $count)
  (func (export "lazy") (result i32 i32)
    (local $k (ref null $cv))
    (local.set $k (cont.new $cv (ref.func $count)))
    (global.get $n)
    (resume $cv (local.get $k))
    (global.get $n))
  (func (export "dropped") (result i32)
    (drop (cont.new $cv (ref.func $count)))
    (global.get $n))
  ;; Two of one function are two.
  (func (export "two") (result i32)
    (local $k (ref null $c)) (local $l (ref null $c))
    (local.set $k (cont.new $c (ref.func $inc)))
    (local.set $l (cont.new $c (ref.func $inc)))
    (i32.add (resume $c (i32.const 10) (local.get $l))
             (resume $c (i32.const 20) (local.get $k))))
  (func (unreachable) (cont.new $c) (drop))
  (func (result (ref $c)) (unreachable) (cont.new $c))
)
(assert_return (invoke "run" (i32.const 41)) (i32.const 42))
(assert_trap (invoke "null") "null function reference")
(assert_trap (invoke "nofunc") "null function reference")
(assert_trap (invoke "null-global") "null function reference")
(assert_return (invoke "sub") (i32.const 7))
(assert_return (invoke "lazy") (i32.const 0) (i32.const 1))
(assert_return (invoke "dropped") (i32.const 1))
(assert_return (invoke "two") (i32.const 32))

;; The type is there.
(assert_invalid (module (type $f (func)) (func $g) (elem declare func $g)
    (func (drop (cont.new 9 (ref.func $g)))))
  "unknown type")
;; It is a continuation type.
(assert_invalid (module (type $f (func)) (func $g (type $f)) (elem declare func $g)
    (func (drop (cont.new $f (ref.func $g)))))
  "non-continuation type")
(assert_invalid (module (type $s (struct)) (func (unreachable) (cont.new $s) (drop)))
  "non-continuation type")
(assert_invalid (module (type $a (array i8)) (func (unreachable) (cont.new $a) (drop)))
  "non-continuation type")
;; There is an operand ...
(assert_invalid (module (type $f (func)) (type $c (cont $f)) (func (drop (cont.new $c))))
  "type mismatch: expected (ref null $f), found nothing")
;; ... a function reference ...
(assert_invalid
  (module (type $f (func)) (type $c (cont $f)) (func (drop (cont.new $c (i32.const 0)))))
  "type mismatch: expected (ref null $f), found i32")
(assert_invalid
  (module (type $f (func)) (type $c (cont $f)) (func (drop (cont.new $c (ref.null none)))))
  "type mismatch")
(assert_invalid
  (module (type $f (func)) (type $c (cont $f)) (func (drop (cont.new $c (ref.null cont)))))
  "type mismatch")
;; ... of this type.
(assert_invalid
  (module (type $f (func)) (type $c (cont $f))
    (func (param funcref) (drop (cont.new $c (local.get 0)))))
  "type mismatch")
(assert_invalid
  (module (type $f (func)) (type $g (func (param i32))) (type $c (cont $f))
    (func $h (type $g)) (elem declare func $h)
    (func (drop (cont.new $c (ref.func $h)))))
  "type mismatch")
;; A match that is not declared is none.
(assert_invalid
  (module
    (type $f (func (param structref))) (type $g (func (param anyref))) (type $c (cont $f))
    (func $h (type $g)) (elem declare func $h)
    (func (drop (cont.new $c (ref.func $h)))))
  "type mismatch")
;; A supertype does not do.
(assert_invalid
  (module
    (type $f (sub (func))) (type $g (sub $f (func))) (type $c (cont $g))
    (func $h (type $f)) (elem declare func $h)
    (func (drop (cont.new $c (ref.func $h)))))
  "type mismatch")
;; The continuation is of type $ct.
(assert_invalid
  (module
    (type $f (func)) (type $c (cont $f)) (type $d (sub (cont $f)))
    (func $h) (elem declare func $h)
    (func (result (ref $d)) (cont.new $c (ref.func $h))))
  "type mismatch")
(assert_invalid
  (module (type $f (func)) (type $c (cont $f))
    (func (result (ref nocont)) (unreachable) (cont.new $c)))
  "type mismatch")

;; Imported functions: of another instance, and of the host.
(module $m
  (type $f (func (param i32) (result i32)))
  (tag $e (export "e") (param i32) (result i32))
  (func (export "double") (type $f) (i32.mul (local.get 0) (i32.const 2)))
  (func (export "ask") (type $f) (suspend $e (local.get 0)))
)
(register "m" $m)
(module
  (type $f (func (param i32) (result i32)))
  (type $c (cont $f))
  (type $p (func (param i32)))
  (type $cp (cont $p))
  (import "m" "double" (func $double (type $f)))
  (import "m" "ask" (func $ask (type $f)))
  (import "m" "e" (tag $e (param i32) (result i32)))
  (import "spectest" "print_i32" (func $print (type $p)))
  (elem declare func $double $ask $print)
  (func (export "imported") (param i32) (result i32)
    (resume $c (local.get 0) (cont.new $c (ref.func $double))))
  (func (export "host") (resume $cp (i32.const 5) (cont.new $cp (ref.func $print))))
  (func (export "imported-suspends") (param i32) (result i32)
    (local $k (ref null $c))
    (block $on (result i32 (ref $c))
      (return (resume $c (on $e $on) (local.get 0) (cont.new $c (ref.func $ask)))))
    (local.set $k)
    (i32.add (i32.const 100))
    (resume $c (local.get $k)))
)
(assert_return (invoke "imported" (i32.const 21)) (i32.const 42))
(assert_return (invoke "host"))
(assert_return (invoke "imported-suspends" (i32.const 7)) (i32.const 107))
