;; Extensions: barrier and cont.clone. Typing only; nothing here is instantiated.
;;   barrier bt instr* end : [t1*] -> [t2*]   a block form with a label
;;   cont.clone $ct : [(ref null $ct)] -> [(ref $ct)]

(module definition
  (tag $e)
  (type $f (func (param i32) (result i64)))
  (func (barrier (suspend $e)))
  (func (result i32) (barrier $b (result i32) (br $b (i32.const 0))))
  (func (param i32) (result i64)
    (local.get 0) (barrier (type $f) (i64.extend_i32_u)))
  (func (result i32) (barrier $b (result i32)
    (drop (br_if $b (i32.const 1) (i32.const 0))) (i32.const 2)))
  (func (barrier $a (barrier $b (br $a))))
  (func (result i32) barrier (result i32) i32.const 1 end)
  (func (result i32) (block $l (result i32) (barrier (br $l (i32.const 5))) (unreachable)))
  (func (result i32) (barrier (return (i32.const 5))) (i32.const 1))
)
(assert_invalid (module (func (barrier (result i32)))) "type mismatch")
(assert_invalid (module (func (barrier (i32.const 0)))) "type mismatch")
(assert_invalid (module (func (result i64) (barrier (result i32) (i32.const 0))))
  "type mismatch")
(assert_invalid (module (func (result i32) (barrier (result i32) (i64.const 0))))
  "type mismatch")
(assert_invalid (module (func (barrier (param i32) (drop)))) "type mismatch")
(assert_invalid (module (func (i32.const 0) (barrier (drop)))) "type mismatch")
(assert_invalid (module (func (i64.const 0) (barrier (param i32) (drop)))) "type mismatch")
(assert_invalid (module (func (barrier (type 9)))) "unknown type")
(assert_invalid (module (type $s (struct)) (func (barrier (type $s)))) "non-function type")
(assert_invalid (module (func (barrier (result (ref 9)) (unreachable)) (drop))) "unknown type")
(assert_invalid (module (func (barrier (br 2)))) "unknown label")
;; Its label takes its results, not its parameters.
(assert_invalid
  (module (func (result i64) (i32.const 0)
    (barrier $b (param i32) (result i64) (br $b))))
  "type mismatch")
;; What it sets is set only inside, as in any block.
(assert_invalid
  (module (type $f (func)) (type $c (cont $f))
    (func (param (ref $c)) (result (ref $c)) (local $k (ref $c))
      (barrier (local.set $k (local.get 0)))
      (local.get $k)))
  "uninitialized local")
(assert_invalid (module (global i32 (barrier (result i32) (i32.const 0))))
  "constant expression required")

(module definition
  (type $f (func (param i32))) (type $c (cont $f))
  (type $d (sub (cont $f))) (type $e (sub $d (cont $f)))
  (func (param (ref null $c)) (result (ref $c)) (cont.clone $c (local.get 0)))
  (func (param (ref $e)) (result (ref $d)) (cont.clone $d (local.get 0)))
  (func (result (ref $c)) (cont.clone $c (ref.null nocont)))
  (func (result (ref $c)) (unreachable) (cont.clone $c))
)
(assert_invalid (module (func (unreachable) (cont.clone 9) (drop))) "unknown type")
(assert_invalid (module (type $f (func)) (func (unreachable) (cont.clone $f) (drop)))
  "non-continuation type")
(assert_invalid
  (module (type $f (func)) (type $c (cont $f)) (func (cont.clone $c) (drop)))
  "type mismatch: expected (ref null $c), found nothing")
(assert_invalid
  (module (type $f (func)) (type $c (cont $f))
    (func (param contref) (cont.clone $c (local.get 0)) (drop)))
  "type mismatch: expected (ref null $c)")
(assert_invalid
  (module (type $f (func)) (type $c (cont $f))
    (func (param (ref $f)) (cont.clone $c (local.get 0)) (drop)))
  "type mismatch: expected (ref null $c)")
(assert_invalid
  (module (type $f (func)) (type $c (cont $f))
    (func (param (ref $c)) (cont.clone $c (local.get 0))))
  "type mismatch")
(assert_invalid
  (module (type $f (func)) (type $d (sub (cont $f))) (type $e (sub $d (cont $f)))
    (func (param (ref $e)) (result (ref $e)) (cont.clone $d (local.get 0))))
  "type mismatch")
