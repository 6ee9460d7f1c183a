;; Extensions: tags as values. Typing only; nothing here is instantiated.
;;   tag.new $tt : [] -> [(ref $tt)]            $tt = tag $ft
;;   tag.ref $tt $e : [] -> [(ref $tt)]         $tt = tag $ft, the type of $e equal to $ft
;;   suspend_ref $tt : [t1* (ref null $tt)] -> [t2*]   $tt ~~ tag [t1*] -> [t2*]
;;   (on_ref $tt $l) as (on $e $l), with a (ref null $tt) operand below the continuation

;; ---- Tag types ----

(module definition
  (type $f (func (param i32) (result i64)))
  (type $t (tag $f))
  (type $o (sub (tag $f)))
  (type $p (sub $o (tag $f)))
  (rec (type $r (tag $g)) (type $g (func (param (ref $r)))))
  (func (param (ref $p)) (result (ref $o)) (local.get 0))
  (func (param (ref $p)) (result (ref null tag)) (local.get 0))
  (func (param (ref null notag)) (result (ref null $t)) (local.get 0))
  (func (param (ref notag)) (result (ref tag)) (local.get 0))
  (global (ref null $t) (ref.null $t))
  (global (ref null tag) (ref.null notag))
)
(module definition binary
  "\00asm" "\01\00\00\00"
  "\01\0f\03" "\60\00\00" "\5b\00" "\60\02\63\fd\7e\64\fc\7e\00")
(assert_invalid (module (type (tag 4))) "unknown type")
(assert_invalid (module (type (tag 1)) (type (func))) "unknown type")
(assert_invalid (module (type $s (struct)) (type (tag $s))) "non-function type")
(assert_invalid (module (rec (type $t (tag $t)))) "non-function type")
;; Invariant: the same function type, not one that matches.
(assert_invalid
  (module (type $f (func)) (type $g (func (param i32)))
    (type $t (sub (tag $f))) (type (sub $t (tag $g))))
  "sub type")
(assert_invalid
  (module (type $f (sub (func))) (type $g (sub $f (func)))
    (type $t (sub (tag $f))) (type (sub $t (tag $g))))
  "sub type")
(assert_invalid
  (module (type $f (sub (func))) (type $g (sub $f (func)))
    (type $t (sub (tag $g))) (type (sub $t (tag $f))))
  "sub type")
(assert_invalid (module (type $f (func)) (type $t (tag $f)) (type (sub $t (tag $f))))
  "sub type")
(assert_invalid (module (type $f (func)) (type $c (sub (cont $f))) (type (sub $c (tag $f))))
  "sub type")
(assert_invalid (module (type $f (func)) (type $t (sub (tag $f))) (type (sub $t (cont $f))))
  "sub type")
(module definition
  (type $f (func)) (type $g (func)) (type $t (sub (tag $f))) (type (sub $t (tag $g))))
;; A hierarchy of its own.
(assert_invalid (module (func (param (ref null tag)) (result anyref) (local.get 0)))
  "type mismatch")
(assert_invalid (module (func (param (ref null tag)) (result contref) (local.get 0)))
  "type mismatch")
(assert_invalid
  (module (func (param (ref null tag)) (result (ref null notag)) (local.get 0)))
  "type mismatch")
(assert_invalid
  (module (func (param (ref null nohandler)) (result (ref null tag)) (local.get 0)))
  "type mismatch")
(assert_invalid
  (module (type $f (func)) (type $t (tag $f))
    (func (param (ref null tag)) (result (ref null $t)) (local.get 0)))
  "type mismatch")
;; No casts.
(assert_invalid
  (module (type $f (func)) (type $t (tag $f))
    (func (param (ref null tag)) (result i32) (ref.test (ref $t) (local.get 0))))
  "invalid cast")
(assert_invalid
  (module (func (param (ref null tag)) (drop (ref.cast (ref tag) (local.get 0)))))
  "invalid cast")
(assert_invalid
  (module (func (param (ref null tag)) (result (ref null tag))
    (br_on_cast_fail 0 (ref null tag) (ref null notag) (local.get 0))))
  "invalid cast")
(assert_invalid (module (type $f (func)) (type $t (tag $f)) (tag (type $t)))
  "non-function type")

;; ---- tag.new, tag.ref ----

(module definition
  (type $f (func (param i32))) (type $f2 (func (param i32)))
  (type $t (tag $f))
  (tag $e (type $f))
  (tag $e2 (type $f2))
  (func (result (ref $t)) (tag.new $t))
  (func (result (ref $t)) (tag.ref $t $e))
  (func (result (ref $t)) (tag.ref $t $e2))
)
(assert_invalid (module (func (tag.new 9) (drop))) "unknown type")
(assert_invalid (module (type $f (func)) (func (tag.new $f) (drop))) "non-tag type")
(assert_invalid (module (type $f (func)) (type $c (cont $f)) (func (tag.new $c) (drop)))
  "non-tag type")
(assert_invalid (module (type $f (func)) (type $t (tag $f)) (func (tag.new $t)))
  "type mismatch")
(assert_invalid
  (module (type $f (func)) (type $t (tag $f)) (func (result (ref notag)) (tag.new $t)))
  "type mismatch")
(assert_invalid
  (module (type $f (func)) (type $t (tag $f)) (global (ref $t) (tag.new $t)))
  "constant expression required")
(assert_invalid (module (tag $e) (func (tag.ref 9 $e) (drop))) "unknown type")
(assert_invalid (module (type $f (func)) (tag $e (type $f)) (func (tag.ref $f $e) (drop)))
  "non-tag type")
(assert_invalid (module (type $f (func)) (type $t (tag $f)) (func (tag.ref $t 0) (drop)))
  "unknown tag")
(assert_invalid
  (module (type $f (func)) (type $t (tag $f)) (tag $e (param i32))
    (func (tag.ref $t $e) (drop)))
  "type mismatch in tag")
(assert_invalid
  (module (type $f (sub (func))) (type $g (sub $f (func))) (type $t (tag $f))
    (tag $e (type $g))
    (func (tag.ref $t $e) (drop)))
  "type mismatch in tag")
(assert_invalid
  (module (type $f (func)) (type $t (tag $f)) (tag $e (type $f)) (func (tag.ref $t $e)))
  "type mismatch")
(assert_invalid
  (module (type $f (func)) (type $t (tag $f)) (tag $e (type $f))
    (global (ref $t) (tag.ref $t $e)))
  "constant expression required")

;; ---- suspend_ref ----

(module definition
  (type $f (func (param i32 i64) (result f32 f64)))
  (type $t (tag $f)) (type $v (func)) (type $tv (tag $v))
  (func (param (ref null $t)) (result f32 f64)
    (suspend_ref $t (i32.const 0) (i64.const 0) (local.get 0)))
  (func (param (ref $tv)) (suspend_ref $tv (local.get 0)))
  (func (suspend_ref $tv (ref.null notag)))
  (func (result f32 f64) (unreachable) (suspend_ref $t))
)
(assert_invalid (module (func (unreachable) (suspend_ref 9))) "unknown type")
(assert_invalid (module (type $f (func)) (func (unreachable) (suspend_ref $f)))
  "non-tag type")
(assert_invalid
  (module (type $f (func)) (type $t (tag $f)) (func (suspend_ref $t)))
  "type mismatch: expected (ref null $t), found nothing")
(assert_invalid
  (module (type $f (func)) (type $t (tag $f))
    (func (param (ref tag)) (suspend_ref $t (local.get 0))))
  "type mismatch: expected (ref null $t), found (ref tag)")
(assert_invalid
  (module (type $f (func (param i32))) (type $t (tag $f))
    (func (param (ref $t)) (suspend_ref $t (local.get 0))))
  "type mismatch: expected i32, found nothing")
(assert_invalid
  (module (type $f (func (param i32))) (type $t (tag $f))
    (func (param (ref $t)) (suspend_ref $t (i64.const 0) (local.get 0))))
  "type mismatch: expected i32, found i64")
(assert_invalid
  (module (type $f (func (result i32))) (type $t (tag $f))
    (func (param (ref $t)) (result i64) (suspend_ref $t (local.get 0))))
  "type mismatch")
(assert_invalid
  (module (type $f (func (result i32))) (type $t (tag $f))
    (func (param (ref $t)) (suspend_ref $t (local.get 0))))
  "type mismatch")

;; ---- on_ref ----

(module definition
  (type $f (func (param i32) (result i64))) (type $c (cont $f))
  (type $e (func (param f32) (result f64))) (type $t (tag $e))
  (type $k (func (param f64) (result i64))) (type $ck (cont $k))
  (type $v (func)) (type $tv (tag $v))
  (type $kv (func (result i64))) (type $ckv (cont $kv))
  (tag $x (param i32))
  (tag $s (result i64))
  (tag $static (param f32) (result f64))
  (func (param (ref $c) (ref null $t)) (result i64)
    (block $l (result f32 (ref $ck))
      (return
        (resume $c (on_ref $t $l) (i32.const 0) (local.get 1) (local.get 0))))
    (unreachable))
  ;; Operands in the order of the clauses, others between them.
  (func (param (ref $c) (ref $t) (ref $tv)) (result i64)
    (block $l (result f32 (ref $ck))
      (block $m (result (ref null $ckv))
        (return
          (resume $c (on_ref $t $l) (on $static $l) (on_ref $tv $m) (on $s switch)
            (i32.const 0) (local.get 1) (local.get 2) (local.get 0))))
      (unreachable))
    (unreachable))
  (func (param (ref $c) (ref $t)) (result i64)
    (block $l (result f32 (ref $ck))
      (return
        (resume_throw $c $x (on_ref $t $l) (i32.const 0) (local.get 1) (local.get 0))))
    (unreachable))
  (func (param (ref $c) (ref $t) exnref) (result i64)
    (block $l (result f32 (ref $ck))
      (return
        (resume_throw_ref $c (on_ref $t $l) (local.get 2) (local.get 1) (local.get 0))))
    (unreachable))
  (func (param (ref $c)) (result i64)
    (block $l (result f32 (ref $ck))
      (return (resume $c (on_ref $t $l) (i32.const 0) (ref.null notag) (local.get 0))))
    (unreachable))
)
(assert_invalid
  (module (type $f (func)) (type $c (cont $f))
    (func (param (ref $c))
      (block $l (result (ref $c)) (unreachable) (resume $c (on_ref 9 $l)) (return)) (drop)))
  "unknown type")
(assert_invalid
  (module (type $f (func)) (type $c (cont $f))
    (func (param (ref $c))
      (block $l (result (ref $c)) (unreachable) (resume $c (on_ref $f $l)) (return)) (drop)))
  "non-tag type")
(assert_invalid
  (module (type $f (func)) (type $c (cont $f)) (type $t (tag $f))
    (func (param (ref $c) (ref $t)) (resume $c (on_ref $t 9) (local.get 1) (local.get 0))))
  "unknown label")
(assert_invalid
  (module (type $f (func)) (type $c (cont $f)) (type $t (tag $f))
    (func (param (ref $c) (ref $t))
      (block $l (result i32) (resume $c (on_ref $t $l) (local.get 1) (local.get 0)) (i32.const 0))
      (drop)))
  "type mismatch: the handler's label takes no continuation")
(assert_invalid
  (module (type $f (func)) (type $c (cont $f)) (type $e (func (param i32))) (type $t (tag $e))
    (func (param (ref $c) (ref $t))
      (block $l (result (ref $c)) (resume $c (on_ref $t $l) (local.get 1) (local.get 0)) (return))
      (drop)))
  "type mismatch: the handler gives 2 values, its label takes 1")
(assert_invalid
  (module (type $f (func)) (type $c (cont $f)) (type $e (func (result i32))) (type $t (tag $e))
    (func (param (ref $c) (ref $t))
      (block $l (result (ref $c)) (resume $c (on_ref $t $l) (local.get 1) (local.get 0)) (return))
      (drop)))
  "type mismatch in continuation type")
;; The operand is there, in its place.
(assert_invalid
  (module (type $f (func)) (type $c (cont $f)) (type $t (tag $f))
    (func (param (ref $c))
      (block $l (result (ref $c)) (resume $c (on_ref $t $l) (local.get 0)) (return)) (drop)))
  "type mismatch: expected (ref null $t), found nothing")
(assert_invalid
  (module (type $f (func)) (type $c (cont $f)) (type $t (tag $f))
    (func (param (ref $c) (ref tag))
      (block $l (result (ref $c)) (resume $c (on_ref $t $l) (local.get 1) (local.get 0)) (return))
      (drop)))
  "type mismatch: expected (ref null $t), found (ref tag)")
(assert_invalid
  (module (type $f (func (param i32))) (type $c (cont $f)) (type $v (func)) (type $t (tag $v))
    (type $k (cont $v))
    (func (param (ref $c) (ref $t))
      (block $l (result (ref $k))
        (resume $c (on_ref $t $l) (local.get 1) (i32.const 0) (local.get 0)) (return)) (drop)))
  "type mismatch: expected (ref null $t), found i32")
(assert_invalid
  (module (type $f (func)) (type $c (cont $f)) (type $t (tag $f)) (type $o (sub (tag $f)))
    (func (param (ref $c) (ref $t) (ref $o))
      (block $l (result (ref $c))
        (resume $c (on_ref $t $l) (on_ref $o $l) (local.get 2) (local.get 1) (local.get 0))
        (return))
      (drop)))
  "type mismatch: expected (ref null $o), found (ref $t)")
(assert_invalid
  (module (type $f (func)) (type $c (cont $f)) (type $t (tag $f)) (tag $e)
    (func (param (ref $c) (ref $t)) (resume $c (on $e switch) (local.get 1) (local.get 0))))
  "type mismatch: expected nothing")
(assert_invalid
  (module (type $f (func)) (type $c (cont $f)) (type $t (tag $f)) (tag $x)
    (func (param (ref $c))
      (block $l (result (ref $c)) (resume_throw $c $x (on_ref $t $l) (local.get 0)) (return))
      (drop)))
  "type mismatch: expected (ref null $t), found nothing")
(assert_invalid
  (module (type $f (func)) (type $c (cont $f)) (type $t (tag $f))
    (func (param (ref $c) exnref)
      (block $l (result (ref $c))
        (resume_throw_ref $c (on_ref $t $l) (local.get 1) (local.get 0)) (return))
      (drop)))
  "type mismatch: expected (ref null $t), found (ref null exn)")
