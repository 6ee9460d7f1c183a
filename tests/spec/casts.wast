;; Continuations cannot be cast: ref.test, ref.cast, br_on_cast and br_on_cast_fail reject every
;; target below (ref null cont), that one included.

(assert_invalid (module (func (param contref) (result i32) (ref.test contref (local.get 0))))
  "invalid cast")
(assert_invalid
  (module (func (param contref) (result i32) (ref.test (ref cont) (local.get 0))))
  "invalid cast")
(assert_invalid
  (module (func (param contref) (result i32) (ref.test nullcontref (local.get 0))))
  "invalid cast")
(assert_invalid
  (module (func (param contref) (result i32) (ref.test (ref nocont) (local.get 0))))
  "invalid cast")
(assert_invalid
  (module (type $f (func)) (type $c (cont $f))
    (func (param contref) (result i32) (ref.test (ref null $c) (local.get 0))))
  "invalid cast")
(assert_invalid
  (module (type $f (func)) (type $c (cont $f))
    (func (param contref) (result i32) (ref.test (ref $c) (local.get 0))))
  "invalid cast")

(assert_invalid (module (func (param contref) (drop (ref.cast contref (local.get 0)))))
  "invalid cast")
(assert_invalid (module (func (param contref) (drop (ref.cast (ref cont) (local.get 0)))))
  "invalid cast")
(assert_invalid (module (func (param contref) (drop (ref.cast nullcontref (local.get 0)))))
  "invalid cast")
(assert_invalid (module (func (param contref) (drop (ref.cast (ref nocont) (local.get 0)))))
  "invalid cast")
(assert_invalid
  (module (type $f (func)) (type $c (cont $f))
    (func (param contref) (drop (ref.cast (ref null $c) (local.get 0)))))
  "invalid cast")
(assert_invalid
  (module (type $f (func)) (type $c (cont $f))
    (func (param contref) (drop (ref.cast (ref $c) (local.get 0)))))
  "invalid cast")

(assert_invalid
  (module (func (param contref) (result contref)
    (br_on_cast 0 contref contref (local.get 0))))
  "invalid cast")
(assert_invalid
  (module (func (param contref) (result (ref null cont))
    (br_on_cast 0 contref (ref cont) (local.get 0))))
  "invalid cast")
(assert_invalid
  (module (func (param contref) (result contref)
    (br_on_cast 0 contref nullcontref (local.get 0))))
  "invalid cast")
(assert_invalid
  (module (type $f (func)) (type $c (cont $f))
    (func (param contref) (result contref)
      (br_on_cast 0 contref (ref null $c) (local.get 0))))
  "invalid cast")
(assert_invalid
  (module (type $f (func)) (type $c (cont $f))
    (func (param contref) (result contref)
      (br_on_cast 0 contref (ref $c) (local.get 0))))
  "invalid cast")
(assert_invalid
  (module (type $f (func)) (type $c (sub (cont $f))) (type $d (sub $c (cont $f)))
    (func (param (ref null $c)) (result (ref null $c))
      (br_on_cast 0 (ref null $c) (ref $d) (local.get 0))))
  "invalid cast")
(assert_invalid
  (module (func (param contref) (result contref)
    (br_on_cast_fail 0 contref contref (local.get 0))))
  "invalid cast")
(assert_invalid
  (module (func (param contref) (result contref)
    (br_on_cast_fail 0 contref (ref cont) (local.get 0))))
  "invalid cast")
(assert_invalid
  (module (func (param contref) (result contref)
    (br_on_cast_fail 0 contref nullcontref (local.get 0))))
  "invalid cast")
(assert_invalid
  (module (type $f (func)) (type $c (cont $f))
    (func (param contref) (result contref)
      (br_on_cast_fail 0 contref (ref $c) (local.get 0))))
  "invalid cast")
;; Unreached as well.
(assert_invalid (module (func (unreachable) (ref.test (ref cont)) (drop))) "invalid cast")
(assert_invalid (module (func (unreachable) (ref.cast nullcontref) (drop))) "invalid cast")
(assert_invalid
  (module (func (result contref) (unreachable) (br_on_cast 0 contref contref)))
  "invalid cast")

;; They are no operands of casts in other hierarchies either.
(assert_invalid (module (func (param contref) (result i32) (ref.test anyref (local.get 0))))
  "type mismatch")
(assert_invalid (module (func (param contref) (drop (ref.cast structref (local.get 0)))))
  "type mismatch")
(assert_invalid (module (func (param contref) (drop (ref.cast funcref (local.get 0)))))
  "type mismatch")
(assert_invalid
  (module (func (param contref) (result anyref)
    (br_on_cast 0 contref anyref (local.get 0)) (drop) (ref.null any)))
  "type mismatch")
(assert_invalid (module (func (param contref) (drop (any.convert_extern (local.get 0)))))
  "type mismatch")
(assert_invalid (module (func (param contref) (drop (extern.convert_any (local.get 0)))))
  "type mismatch")
;; A struct around one can be cast.
(module
  (type $f (func)) (type $c (cont $f))
  (type $box (struct (field (mut (ref null $c)))))
  (global $ran (mut i32) (i32.const 0))
  (func $g (global.set $ran (i32.add (global.get $ran) (i32.const 1))))
  (elem declare func $g)
  (func $box (result anyref) (struct.new $box (cont.new $c (ref.func $g))))
  (func (export "unbox") (result i32)
    (resume $c (struct.get $box 0 (ref.cast (ref $box) (call $box))))
    (global.get $ran))
  (func (export "test") (result i32) (ref.test (ref $box) (call $box)))
)
(assert_return (invoke "unbox") (i32.const 1))
(assert_return (invoke "test") (i32.const 1))
