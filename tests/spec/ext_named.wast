;; Extensions: named handlers. Typing only; nothing here is instantiated.
;;   suspend_to $h $e : [t1* (ref null $h)] -> [t2* (ref $h)]   $e : [t1*] -> [t2*], $h ~~ handler ts*
;;   resume_with $ct hdl* : [t1* (ref null $ct)] -> [t2*]
;;     $ct ~~ cont [t1* (ref null? $h)] -> [t2*], $h ~~ handler t2*, each hdl :$h t2*
;;   switch_to $ct1 $h : [t1* (ref null $ct1) (ref null $h)] -> [t2* (ref $h)]
;;     $h ~~ handler t*, $ct1 ~~ cont [t1* (ref null? $ct2) (ref null? $h)] -> [te1*], te1* <: t*,
;;     $ct2 ~~ cont [t2* (ref $h)] -> [te2*], t* <: te2*

;; ---- Handler types ----

(module definition
  (type $h (handler i32 i64))
  (type (handler))
  (type (sub (handler (ref null $h) anyref)))
  (rec (type $r (handler (ref $c))) (type $c (cont $f)) (type $f (func (param (ref $r)))))
  (type $p (sub (handler i32)))
  (type $q (sub $p (handler i32)))
  (func (param (ref $q)) (result (ref $p)) (local.get 0))
  (func (param (ref $q)) (result (ref null handler)) (local.get 0))
  (func (param (ref null nohandler)) (result (ref null $q)) (local.get 0))
  (func (param (ref nohandler)) (result (ref handler)) (local.get 0))
  (global (ref null $h) (ref.null $h))
  (global (ref null handler) (ref.null nohandler))
  (func (local (ref null $h)) (drop (local.get 0)))
)
(module definition binary
  "\00asm" "\01\00\00\00"
  "\01\0d\02" "\5c\01\7f" "\60\02\63\ff\7e\64\fe\7e\00") ;; handler i32; (ref null handler) (ref nohandler)
(assert_invalid (module (type (handler (ref 4)))) "unknown type")
(assert_invalid (module (type (handler (ref 1))) (type (func))) "unknown type")
;; A supertype has equal results: as many, and neither larger nor smaller.
(assert_invalid (module (type $p (sub (handler i32))) (type (sub $p (handler i32 i32))))
  "sub type")
(assert_invalid (module (type $p (sub (handler i32))) (type (sub $p (handler)))) "sub type")
(assert_invalid (module (type $p (sub (handler i32))) (type (sub $p (handler i64))))
  "sub type")
(assert_invalid (module (type $p (sub (handler anyref))) (type (sub $p (handler eqref))))
  "sub type")
(assert_invalid (module (type $p (sub (handler eqref))) (type (sub $p (handler anyref))))
  "sub type")
(assert_invalid (module (type $p (handler i32)) (type (sub $p (handler i32)))) "sub type")
(assert_invalid (module (type $p (sub (func (result i32)))) (type (sub $p (handler i32))))
  "sub type")
(assert_invalid (module (type $p (sub (handler i32))) (type (sub $p (func (result i32)))))
  "sub type")
(module definition
  (type $s (struct)) (type $t (struct))
  (type $p (sub (handler (ref $s)))) (type (sub $p (handler (ref $t)))))
;; A hierarchy of its own.
(assert_invalid
  (module (func (param (ref null handler)) (result anyref) (local.get 0))) "type mismatch")
(assert_invalid
  (module (func (param (ref null handler)) (result contref) (local.get 0))) "type mismatch")
(assert_invalid
  (module (func (param (ref null handler)) (result (ref null tag)) (local.get 0)))
  "type mismatch")
(assert_invalid
  (module (func (param nullcontref) (result (ref null handler)) (local.get 0)))
  "type mismatch")
(assert_invalid
  (module (func (param nullref) (result (ref null handler)) (local.get 0))) "type mismatch")
(assert_invalid
  (module (func (param (ref null handler)) (result (ref null nohandler)) (local.get 0)))
  "type mismatch")
(assert_invalid
  (module (type $h (handler i32)) (type $g (handler i64))
    (func (param (ref $h)) (result (ref $g)) (local.get 0)))
  "type mismatch")
(assert_invalid
  (module (type $h (handler)) (func (param (ref null handler)) (result (ref null $h)) (local.get 0)))
  "type mismatch")
;; No casts, no equality, no function.
(assert_invalid
  (module (type $h (handler))
    (func (param (ref null handler)) (result i32) (ref.test (ref $h) (local.get 0))))
  "invalid cast")
(assert_invalid
  (module (func (param (ref null handler)) (drop (ref.cast (ref null handler) (local.get 0)))))
  "invalid cast")
(assert_invalid
  (module (func (param (ref null handler)) (result (ref null handler))
    (br_on_cast 0 (ref null handler) (ref nohandler) (local.get 0))))
  "invalid cast")
(assert_invalid
  (module (func (param (ref null handler)) (result i32) (ref.eq (local.get 0) (local.get 0))))
  "type mismatch")
(assert_invalid (module (type $h (handler)) (func (type $h))) "non-function type")
(assert_invalid (module (type $h (handler)) (type (cont $h))) "non-function type")
(assert_invalid (module (type $h (handler)) (tag (type $h))) "non-function type")

;; ---- suspend_to ----

(module definition
  (type $h (handler i64))
  (tag $e (param i32 f32) (result f64))
  (tag $n)
  (func (param $h (ref null $h)) (result f64 (ref $h))
    (suspend_to $h $e (i32.const 0) (f32.const 0) (local.get $h)))
  (func (param $h (ref $h)) (result (ref $h)) (suspend_to $h $n (local.get $h)))
  (func (result (ref $h)) (suspend_to $h $n (ref.null nohandler)))
  (func (result f64 (ref $h)) (unreachable) (suspend_to $h $e))
)
(assert_invalid (module (tag $e) (func (unreachable) (suspend_to 7 $e) (drop))) "unknown type")
(assert_invalid
  (module (tag $e) (type $f (func)) (func (unreachable) (suspend_to $f $e) (drop)))
  "non-handler type")
(assert_invalid
  (module (type $h (handler)) (func (unreachable) (suspend_to $h 0) (drop))) "unknown tag")
(assert_invalid
  (module (type $h (handler)) (tag $e) (func (suspend_to $h $e) (drop)))
  "type mismatch: expected (ref null $h), found nothing")
(assert_invalid
  (module (type $h (handler)) (tag $e)
    (func (param (ref handler)) (suspend_to $h $e (local.get 0)) (drop)))
  "type mismatch: expected (ref null $h), found (ref handler)")
(assert_invalid
  (module (type $h (handler)) (tag $e (param i32))
    (func (param (ref $h)) (suspend_to $h $e (local.get 0)) (drop)))
  "type mismatch: expected i32, found nothing")
(assert_invalid
  (module (type $h (handler)) (tag $e (param i32))
    (func (param (ref $h)) (suspend_to $h $e (i64.const 0) (local.get 0)) (drop)))
  "type mismatch: expected i32, found i64")
(assert_invalid
  (module (type $h (handler)) (tag $e) (func (param (ref $h)) (suspend_to $h $e (local.get 0))))
  "type mismatch")
(assert_invalid
  (module (type $h (handler)) (tag $e (result i32))
    (func (param (ref $h)) (result (ref $h)) (suspend_to $h $e (local.get 0))))
  "type mismatch")
(assert_invalid
  (module (type $h (handler)) (tag $e (result i32))
    (func (param (ref $h)) (result i64 (ref $h)) (suspend_to $h $e (local.get 0))))
  "type mismatch")
(assert_invalid
  (module (type $h (handler)) (tag $e)
    (func (param (ref $h)) (result (ref nohandler)) (suspend_to $h $e (local.get 0))))
  "type mismatch")

;; ---- resume_with ----

(module definition
  (type $h (handler i64))
  (type $f (func (param i32 (ref null $h)) (result i64))) (type $c (cont $f))
  (type $f2 (func (param i32 (ref $h)) (result i64))) (type $c2 (cont $f2))
  (type $k (func (param f32 (ref $h)) (result i64))) (type $ck (cont $k))
  (tag $e (param i32) (result f32))
  (tag $n (result f32))
  (func (param (ref null $c)) (result i64)
    (resume_with $c (i32.const 0) (local.get 0)))
  (func (param (ref $c2)) (result i64)
    (resume_with $c2 (i32.const 0) (local.get 0)))
  (func (param (ref $c)) (result i64)
    (block $l (result i32 (ref $ck))
      (return (resume_with $c (on $e $l) (i32.const 0) (local.get 0))))
    (unreachable))
  (func (param (ref $c)) (result i64)
    (block $l (result i32 (ref null $ck))
      (block $m (result (ref $ck))
        (return (resume_with $c (on $n $m) (on $e $l) (i32.const 0) (local.get 0))))
      (unreachable))
    (unreachable))
  (func (result i64) (unreachable) (resume_with $c))
)
(assert_invalid (module (func (unreachable) (resume_with 9))) "unknown type")
(assert_invalid
  (module (type $h (handler)) (type $f (func (param (ref $h))))
    (func (unreachable) (resume_with $f)))
  "non-continuation type")
;; The last parameter is a name of a declared type ...
(assert_invalid
  (module (type $f (func)) (type $c (cont $f))
    (func (param (ref $c)) (resume_with $c (local.get 0))))
  "type mismatch: the continuation takes no handler last")
(assert_invalid
  (module (type $f (func (param i32))) (type $c (cont $f))
    (func (param (ref $c)) (resume_with $c (local.get 0))))
  "type mismatch: the continuation takes no handler last")
(assert_invalid
  (module (type $f (func (param (ref handler)))) (type $c (cont $f))
    (func (param (ref $c)) (resume_with $c (local.get 0))))
  "type mismatch: the continuation takes no handler last")
(assert_invalid
  (module (type $h (handler)) (type $f (func (param (ref $h) i32))) (type $c (cont $f))
    (func (param (ref $c)) (resume_with $c (ref.null $h) (local.get 0))))
  "type mismatch: the continuation takes no handler last")
(assert_invalid
  (module (type $g (func)) (type $f (func (param (ref $g)))) (type $c (cont $f))
    (func (param (ref $c)) (resume_with $c (local.get 0))))
  "type mismatch: the continuation takes no handler last")
;; ... with just the results of the continuation.
(assert_invalid
  (module (type $h (handler)) (type $f (func (param (ref $h)) (result i32)))
    (type $c (cont $f))
    (func (param (ref $c)) (drop (resume_with $c (local.get 0)))))
  "type mismatch in handler type")
(assert_invalid
  (module (type $h (handler i32)) (type $f (func (param (ref $h)))) (type $c (cont $f))
    (func (param (ref $c)) (resume_with $c (local.get 0))))
  "type mismatch in handler type")
(assert_invalid
  (module (type $h (handler i32)) (type $f (func (param (ref $h)) (result i64)))
    (type $c (cont $f))
    (func (param (ref $c)) (drop (resume_with $c (local.get 0)))))
  "type mismatch in handler type")
(assert_invalid
  (module (type $h (handler anyref)) (type $f (func (param (ref $h)) (result eqref)))
    (type $c (cont $f))
    (func (param (ref $c)) (drop (resume_with $c (local.get 0)))))
  "type mismatch in handler type")
(assert_invalid
  (module (type $h (handler eqref)) (type $f (func (param (ref $h)) (result anyref)))
    (type $c (cont $f))
    (func (param (ref $c)) (drop (resume_with $c (local.get 0)))))
  "type mismatch in handler type")
(module definition
  (type $s (struct)) (type $t (struct))
  (type $h (handler (ref $s))) (type $f (func (param (ref $h)) (result (ref $t))))
  (type $c (cont $f))
  (func (param (ref $c)) (drop (resume_with $c (local.get 0)))))
;; The operands; no name among them.
(assert_invalid
  (module (type $h (handler)) (type $f (func (param (ref $h)))) (type $c (cont $f))
    (func (resume_with $c)))
  "type mismatch: expected (ref null $c), found nothing")
(assert_invalid
  (module (type $h (handler)) (type $f (func (param (ref $h)))) (type $c (cont $f))
    (func (param contref) (resume_with $c (local.get 0))))
  "type mismatch: expected (ref null $c)")
(assert_invalid
  (module (type $h (handler)) (type $f (func (param i32 (ref $h)))) (type $c (cont $f))
    (func (param (ref $c)) (resume_with $c (local.get 0))))
  "type mismatch: expected i32, found nothing")
(assert_invalid
  (module (type $h (handler)) (type $f (func (param i32 (ref $h)))) (type $c (cont $f))
    (func (param (ref $c)) (resume_with $c (i64.const 0) (local.get 0))))
  "type mismatch: expected i32, found i64")
(assert_invalid
  (module (type $h (handler)) (type $f (func (param (ref $h)))) (type $c (cont $f))
    (func (param (ref $c) (ref $h)) (resume_with $c (local.get 1) (local.get 0))))
  "type mismatch: expected nothing")
(assert_invalid
  (module (type $h (handler i32)) (type $f (func (param (ref $h)) (result i32)))
    (type $c (cont $f))
    (func (param (ref $c)) (result i64) (resume_with $c (local.get 0))))
  "type mismatch")
(assert_invalid
  (module (type $h (handler i32)) (type $f (func (param (ref $h)) (result i32)))
    (type $c (cont $f))
    (func (param (ref $c)) (resume_with $c (local.get 0))))
  "type mismatch")
;; Clauses: (on $e $l) only ...
(assert_invalid
  (module (type $h (handler)) (type $f (func (param (ref $h)))) (type $c (cont $f)) (tag $s)
    (func (param (ref $c)) (resume_with $c (on $s switch) (local.get 0))))
  "type mismatch: a named handler takes on clauses only")
(assert_invalid
  (module (type $h (handler)) (type $f (func (param (ref $h)))) (type $c (cont $f))
    (type $v (func)) (type $tt (tag $v))
    (func (param (ref $c))
      (block $l (result (ref $c))
        (resume_with $c (on_ref $tt $l) (ref.null $tt) (local.get 0)) (return)) (drop)))
  "type mismatch: a named handler takes on clauses only")
(assert_invalid
  (module (type $h (handler)) (type $f (func (param (ref $h)))) (type $c (cont $f))
    (func (param (ref $c))
      (block $l (result (ref $c)) (resume_with $c (on 3 $l) (local.get 0)) (return)) (drop)))
  "unknown tag")
(assert_invalid
  (module (type $h (handler)) (type $f (func (param (ref $h)))) (type $c (cont $f)) (tag $e)
    (func (param (ref $c)) (resume_with $c (on $e 4) (local.get 0))))
  "unknown label")
;; ... whose continuation takes the name last.
(assert_invalid
  (module (type $h (handler)) (type $f (func (param (ref $h)))) (type $c (cont $f)) (tag $e)
    (type $v (func)) (type $cv (cont $v))
    (func (param (ref $c))
      (block $l (result (ref $cv)) (resume_with $c (on $e $l) (local.get 0)) (return))
      (drop)))
  "type mismatch in continuation type")
(assert_invalid
  (module (type $h (handler)) (type $f (func (param (ref $h)))) (type $c (cont $f)) (tag $e)
    (type $v (func (param i32))) (type $cv (cont $v))
    (func (param (ref $c))
      (block $l (result (ref $cv)) (resume_with $c (on $e $l) (local.get 0)) (return))
      (drop)))
  "type mismatch in continuation type")
(assert_invalid
  (module (type $h (handler)) (type $f (func (param (ref $h)))) (type $c (cont $f)) (tag $e)
    (type $v (func (param (ref null $h)))) (type $cv (cont $v))
    (func (param (ref $c))
      (block $l (result (ref $cv)) (resume_with $c (on $e $l) (local.get 0)) (return))
      (drop)))
  "type mismatch in continuation type")
(assert_invalid
  (module (type $h (handler)) (type $f (func (param (ref $h)))) (type $c (cont $f)) (tag $e)
    (type $v (func (param (ref handler)))) (type $cv (cont $v))
    (func (param (ref $c))
      (block $l (result (ref $cv)) (resume_with $c (on $e $l) (local.get 0)) (return))
      (drop)))
  "type mismatch in continuation type")
;; A smaller type of name is right by subtyping, if of little use.
(module definition
  (type $h (sub (handler))) (type $g (sub $h (handler)))
  (type $f (func (param (ref $h)))) (type $c (cont $f)) (tag $e)
  (type $v (func (param (ref $g)))) (type $cv (cont $v))
  (func (param (ref $c))
    (block $l (result (ref $cv)) (resume_with $c (on $e $l) (local.get 0)) (return))
    (drop)))
(assert_invalid
  (module (type $h (handler)) (type $f (func (param (ref $h)))) (type $c (cont $f))
    (tag $e (result i32))
    (type $v (func (param (ref $h) i32))) (type $cv (cont $v))
    (func (param (ref $c))
      (block $l (result (ref $cv)) (resume_with $c (on $e $l) (local.get 0)) (return))
      (drop)))
  "type mismatch in continuation type")
(assert_invalid
  (module (type $h (handler)) (type $f (func (param (ref $h)))) (type $c (cont $f))
    (tag $e (result i64))
    (type $v (func (param i32 (ref $h)))) (type $cv (cont $v))
    (func (param (ref $c))
      (block $l (result (ref $cv)) (resume_with $c (on $e $l) (local.get 0)) (return))
      (drop)))
  "type mismatch in continuation type")

;; ---- switch_to ----

(module definition
  (type $h (handler i64))
  (rec (type $f1 (func (param f32 (ref null $c2) (ref null $h)) (result i64)))
       (type $c1 (cont $f1))
       (type $f2 (func (param f64 (ref $h)) (result i64))) (type $c2 (cont $f2)))
  (rec (type $f (func (param (ref $c) (ref $h)) (result i64))) (type $c (cont $f)))
  (func (param (ref null $c1) (ref null $h)) (result f64 (ref $h))
    (switch_to $c1 $h (f32.const 0) (local.get 0) (local.get 1)))
  (func (param (ref $c) (ref $h)) (result (ref $c) (ref $h))
    (switch_to $c $h (local.get 0) (local.get 1)))
  (func (result f64 (ref $h)) (unreachable) (switch_to $c1 $h))
)
;; Results of subtypes.
(module definition
  (type $h (handler eqref))
  (rec (type $f1 (func (param (ref null $c2) (ref null $h)) (result i31ref)))
       (type $c1 (cont $f1))
       (type $f2 (func (param (ref $h)) (result anyref))) (type $c2 (cont $f2)))
  (func (param (ref $c1) (ref $h)) (drop (switch_to $c1 $h (local.get 0) (local.get 1))))
)
(assert_invalid
  (module (type $h (handler)) (func (unreachable) (switch_to 9 $h) (drop))) "unknown type")
(assert_invalid
  (module (type $h (handler)) (type $f (func)) (func (unreachable) (switch_to $f $h) (drop)))
  "non-continuation type")
(assert_invalid
  (module (type $h (handler))
    (rec (type $f (func (param (ref $c) (ref $h)))) (type $c (cont $f)))
    (func (unreachable) (switch_to $c 50000000) (drop)))
  "unknown type")
(assert_invalid
  (module (type $h (handler))
    (rec (type $f (func (param (ref $c) (ref $h)))) (type $c (cont $f)))
    (func (unreachable) (switch_to $c $f) (drop)))
  "non-handler type")
;; $ct1 takes the peer and then the name.
(assert_invalid
  (module (type $h (handler)) (type $f (func)) (type $c (cont $f))
    (func (param (ref $c) (ref $h)) (switch_to $c $h (local.get 0) (local.get 1))))
  "type mismatch: the continuation takes no such handler")
(assert_invalid
  (module (type $h (handler)) (type $f (func (param (ref $h)))) (type $c (cont $f))
    (func (param (ref $c) (ref $h)) (switch_to $c $h (local.get 0) (local.get 1))))
  "type mismatch: the continuation takes no such handler")
(assert_invalid
  (module (type $h (handler))
    (rec (type $f (func (param (ref $h) (ref $c)))) (type $c (cont $f)))
    (func (param (ref $c) (ref $h)) (switch_to $c $h (local.get 0) (local.get 1))))
  "type mismatch: the continuation takes no such handler")
(assert_invalid
  (module (type $h (handler))
    (rec (type $f (func (param (ref $c) (ref handler)))) (type $c (cont $f)))
    (func (param (ref $c) (ref $h)) (switch_to $c $h (local.get 0) (local.get 1))))
  "type mismatch: the continuation takes no such handler")
(assert_invalid
  (module (type $h (sub (handler))) (type $g (sub $h (handler)))
    (rec (type $f (func (param (ref $c) (ref $g)))) (type $c (cont $f)))
    (func (param (ref $c) (ref $h)) (switch_to $c $h (local.get 0) (local.get 1))))
  "type mismatch: the continuation takes no such handler")
(assert_invalid
  (module (type $h (sub (handler))) (type $g (sub $h (handler)))
    (rec (type $f (func (param (ref $c) (ref $h)))) (type $c (cont $f)))
    (func (param (ref $c) (ref $g)) (switch_to $c $g (local.get 0) (local.get 1))))
  "type mismatch: the continuation takes no such handler")
(assert_invalid
  (module (type $h (handler)) (type $f (func (param contref (ref $h)))) (type $c (cont $f))
    (func (param (ref $c) (ref $h)) (switch_to $c $h (local.get 0) (local.get 1))))
  "type mismatch: the continuation takes no continuation")
(assert_invalid
  (module (type $h (handler)) (type $f (func (param i32 (ref $h)))) (type $c (cont $f))
    (func (param (ref $c) (ref $h)) (switch_to $c $h (local.get 0) (local.get 1))))
  "type mismatch: the continuation takes no continuation")
(assert_invalid
  (module (type $h (handler)) (type $g (func))
    (type $f (func (param (ref $g) (ref $h)))) (type $c (cont $f))
    (func (param (ref $c) (ref $h)) (switch_to $c $h (local.get 0) (local.get 1))))
  "non-continuation type $g")
;; $ct2 takes the name last, not null.
(assert_invalid
  (module (type $h (handler)) (type $v (func)) (type $cv (cont $v))
    (type $f (func (param (ref $cv) (ref $h)))) (type $c (cont $f))
    (func (param (ref $c) (ref $h)) (switch_to $c $h (local.get 0) (local.get 1))))
  "type mismatch: the own continuation takes no such handler")
(assert_invalid
  (module (type $h (handler)) (type $v (func (param i32))) (type $cv (cont $v))
    (type $f (func (param (ref $cv) (ref $h)))) (type $c (cont $f))
    (func (param (ref $c) (ref $h)) (switch_to $c $h (local.get 0) (local.get 1))))
  "type mismatch: the own continuation takes no such handler")
(assert_invalid
  (module (type $h (handler)) (type $v (func (param (ref null $h)))) (type $cv (cont $v))
    (type $f (func (param (ref $cv) (ref $h)))) (type $c (cont $f))
    (func (param (ref $c) (ref $h)) (drop (switch_to $c $h (local.get 0) (local.get 1)))))
  "type mismatch: the own continuation takes no such handler")
(assert_invalid
  (module (type $h (handler)) (type $g (handler i32))
    (type $v (func (param (ref $g)))) (type $cv (cont $v))
    (type $f (func (param (ref $cv) (ref $h)))) (type $c (cont $f))
    (func (param (ref $c) (ref $h)) (drop (switch_to $c $h (local.get 0) (local.get 1)))))
  "type mismatch: the own continuation takes no such handler")
;; te1* <: t*
(assert_invalid
  (module (type $h (handler))
    (type $v (func (param (ref $h)))) (type $cv (cont $v))
    (type $f (func (param (ref $cv) (ref $h)) (result i32))) (type $c (cont $f))
    (func (param (ref $c) (ref $h)) (drop (switch_to $c $h (local.get 0) (local.get 1)))))
  "type mismatch in handler type")
(assert_invalid
  (module (type $h (handler i32))
    (type $v (func (param (ref $h)) (result i32))) (type $cv (cont $v))
    (type $f (func (param (ref $cv) (ref $h)) (result i64))) (type $c (cont $f))
    (func (param (ref $c) (ref $h)) (drop (switch_to $c $h (local.get 0) (local.get 1)))))
  "type mismatch in handler type")
(assert_invalid
  (module (type $h (handler eqref))
    (type $v (func (param (ref $h)) (result eqref))) (type $cv (cont $v))
    (type $f (func (param (ref $cv) (ref $h)) (result anyref))) (type $c (cont $f))
    (func (param (ref $c) (ref $h)) (drop (switch_to $c $h (local.get 0) (local.get 1)))))
  "type mismatch in handler type")
;; t* <: te2*
(assert_invalid
  (module (type $h (handler))
    (type $v (func (param (ref $h)) (result i32))) (type $cv (cont $v))
    (type $f (func (param (ref $cv) (ref $h)))) (type $c (cont $f))
    (func (param (ref $c) (ref $h)) (drop (switch_to $c $h (local.get 0) (local.get 1)))))
  "type mismatch in handler type")
(assert_invalid
  (module (type $h (handler i32))
    (type $v (func (param (ref $h)) (result i64))) (type $cv (cont $v))
    (type $f (func (param (ref $cv) (ref $h)) (result i32))) (type $c (cont $f))
    (func (param (ref $c) (ref $h)) (drop (switch_to $c $h (local.get 0) (local.get 1)))))
  "type mismatch in handler type")
(assert_invalid
  (module (type $h (handler anyref))
    (type $v (func (param (ref $h)) (result eqref))) (type $cv (cont $v))
    (type $f (func (param (ref $cv) (ref $h)) (result anyref))) (type $c (cont $f))
    (func (param (ref $c) (ref $h)) (drop (switch_to $c $h (local.get 0) (local.get 1)))))
  "type mismatch in handler type")
;; The operands: the name on top, the target, the arguments.
(assert_invalid
  (module (type $h (handler))
    (rec (type $f (func (param (ref $c) (ref $h)))) (type $c (cont $f)))
    (func (param (ref $c)) (switch_to $c $h (local.get 0)) (drop) (drop)))
  "type mismatch: expected (ref null $h), found (ref $c)")
(assert_invalid
  (module (type $h (handler))
    (rec (type $f (func (param (ref $c) (ref $h)))) (type $c (cont $f)))
    (func (param (ref $h)) (switch_to $c $h (local.get 0)) (drop) (drop)))
  "type mismatch: expected (ref null $c), found nothing")
(assert_invalid
  (module (type $h (handler))
    (rec (type $f (func (param i32 (ref $c) (ref $h)))) (type $c (cont $f)))
    (func (param (ref $c) (ref $h))
      (switch_to $c $h (local.get 0) (local.get 1)) (drop) (drop) (drop)))
  "type mismatch: expected i32, found nothing")
(assert_invalid
  (module (type $h (handler))
    (rec (type $f (func (param i32 (ref $c) (ref $h)))) (type $c (cont $f)))
    (func (param (ref $c) (ref $h))
      (switch_to $c $h (i64.const 0) (local.get 0) (local.get 1)) (drop) (drop) (drop)))
  "type mismatch: expected i32, found i64")
(assert_invalid
  (module (type $h (handler))
    (rec (type $f (func (param (ref $c) (ref $h)))) (type $c (cont $f)))
    (func (param (ref $c) (ref $h)) (result (ref $c))
      (switch_to $c $h (local.get 0) (local.get 1))))
  "type mismatch")
