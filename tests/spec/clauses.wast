;; Handler clauses of resume, resume_throw and resume_throw_ref, which resume $ct ~~ cont [t1*] -> [t*].
;;   (on $e $l) : t*      $e : [te1*] -> [te2*], $l expects [te1'* (ref null? $ct')], te1* <: te1'*,
;;                        $ct' ~~ cont [u1*] -> [u2*], [te2*] -> [t*] <: [u1*] -> [u2*]
;;   (on $e switch) : t*  $e : [] -> [t*]

;; ---- Valid ones ----

(module
  (type $f (func (param i32) (result i64))) (type $c (cont $f))
  (type $k (func (param f32) (result i64))) (type $ck (cont $k))
  (tag $e (param i32 i64) (result f32))
  (tag $s (result i64))
  (tag $n)
  (type $k0 (func (result i64))) (type $ck0 (cont $k0))

  (func (param (ref $c)) (result i64)
    (block $l (result i32 i64 (ref $ck))
      (return (resume $c (on $e $l) (i32.const 0) (local.get 0))))
    (unreachable))
  ;; The label may take null.
  (func (param (ref $c)) (result i64)
    (block $l (result i32 i64 (ref null $ck))
      (return (resume $c (on $e $l) (i32.const 0) (local.get 0))))
    (unreachable))
  ;; A loop's label expects its parameters.
  (func (param (ref $c)) (result i64)
    (i32.const 0) (i64.const 0) (ref.null $ck)
    (loop $l (param i32 i64 (ref null $ck)) (result i64)
      (drop) (drop) (drop)
      (resume $c (on $e $l) (i32.const 0) (local.get 0))))
  ;; The function's own label, and one further out.
  (func (param (ref $c)) (result i32 i64 (ref $ck))
    (resume $c (on $e 0) (i32.const 0) (local.get 0)) (unreachable))
  (func (param (ref $c)) (result i32 i64 (ref $ck))
    (block (loop (resume $c (on $e 2) (i32.const 0) (local.get 0)) (unreachable)))
    (unreachable))
  ;; Several, the same twice, a switch clause among them.
  (func (param (ref $c)) (result i64)
    (block $l (result i32 i64 (ref $ck))
      (block $m (result (ref $ck0))
        (return
          (resume $c (on $n $m) (on $e $l) (on $s switch) (on $n $m) (on $s switch)
            (i32.const 0) (local.get 0))))
      (unreachable))
    (unreachable))
  ;; Only a switch clause.
  (func (param (ref $c)) (result i64)
    (resume $c (on $s switch) (i32.const 0) (local.get 0)))
)
;; Payloads of subtypes; a continuation that takes less and gives more than is declared.
(module
  (type $f (func (result i31ref))) (type $c (cont $f))
  (type $k (func (param structref) (result eqref))) (type $ck (cont $k))
  (tag $e (param (ref struct)) (result anyref))
  (func (param (ref $c))
    (block $l (result anyref (ref $ck)) (drop (resume $c (on $e $l) (local.get 0))) (return))
    (drop) (drop))
)
;; Continuation types of their own, not $ct, and not necessarily final.
(module
  (type $f (func)) (type $c (cont $f))
  (type $g (sub (func))) (type $d (sub (cont $g)))
  (tag $e)
  (func (param (ref $c))
    (block $l (result (ref $d)) (resume $c (on $e $l) (local.get 0)) (return)) (drop))
)
;; In unreached code clauses are checked all the same, and pass.
(module
  (type $f (func)) (type $c (cont $f)) (tag $e)
  (func (block $l (result (ref $c)) (unreachable) (resume $c (on $e $l)) (return)) (drop))
)

;; ---- Meaning ----

(module
  (type $r (func (result i32))) (type $cr (cont $r))
  (type $ri (func (param i32) (result i32))) (type $cri (cont $ri))
  (tag $a (result i32)) (tag $b (result i32)) (tag $c (result i32))
  (func $a (result i32) (suspend $a))
  (func $b (result i32) (suspend $b))
  (func $c (result i32) (suspend $c))
  (elem declare func $a $b $c)
  (func $run (param $k (ref $cr)) (result i32)
    (block $1 (result (ref $cri))
      (block $2 (result (ref $cri))
        (block $3 (result (ref $cri))
          (return (resume $cr (on $a $1) (on $b $2) (on $a $3) (local.get $k))))
        (drop) (return (i32.const 3)))
      (drop) (return (i32.const 2)))
    (drop) (i32.const 1))
  ;; The first clause for the tag wins.
  (func (export "a") (result i32) (call $run (cont.new $cr (ref.func $a))))
  (func (export "b") (result i32) (call $run (cont.new $cr (ref.func $b))))
  (func (export "c") (result i32) (call $run (cont.new $cr (ref.func $c))))
  ;; A label that is the function's: the clause returns.
  (type $v (func)) (type $cv (cont $v))
  (tag $p (param i32))
  (func $payload (suspend $p (i32.const 12)))
  (elem declare func $payload)
  (func $returns (result i32 (ref $cv))
    (resume $cv (on $p 0) (cont.new $cv (ref.func $payload)))
    (i32.const 0) (cont.new $cv (ref.func $payload)))
  (func (export "returns") (result i32) (call $returns) (drop))
  ;; A label that is a loop's: the clause goes round.
  (func $count (suspend $p (i32.const 1)) (suspend $p (i32.const 2)) (suspend $p (i32.const 4)))
  (elem declare func $count)
  (func (export "loop") (result i32)
    (local $k (ref null $cv)) (local $sum i32)
    (i32.const 0) (cont.new $cv (ref.func $count))
    (loop $l (param i32 (ref null $cv))
      (local.set $k)
      (local.set $sum (i32.add (local.get $sum)))
      (resume $cv (on $p $l) (local.get $k)))
    (local.get $sum))
  ;; Operands below the payload are dropped by the branch.
  (func (export "operands") (result i32)
    (block $l (result i32 (ref $cv))
      (f64.const 1) (i64.const 2)
      (resume $cv (on $p $l) (cont.new $cv (ref.func $payload)))
      (unreachable))
    (drop))
)
(assert_return (invoke "a") (i32.const 1))
(assert_return (invoke "b") (i32.const 2))
(assert_suspension (invoke "c") "unhandled tag")
(assert_return (invoke "returns") (i32.const 12))
(assert_return (invoke "loop") (i32.const 7))
(assert_return (invoke "operands") (i32.const 12))

;; One tag under two names, by import.
(module $m (tag (export "t") (result i32)))
(register "m" $m)
(module
  (import "m" "t" (tag $t (result i32)))
  (import "m" "t" (tag $u (result i32)))
  (type $r (func (result i32))) (type $cr (cont $r))
  (type $ri (func (param i32) (result i32))) (type $cri (cont $ri))
  (func $f (result i32) (suspend $t))
  (elem declare func $f)
  (func (export "alias") (result i32)
    (block $l (result (ref $cri))
      (return (resume $cr (on $u $l) (cont.new $cr (ref.func $f)))))
    (drop) (i32.const 1))
)
(assert_return (invoke "alias") (i32.const 1))

;; ---- (on $e $l) ----

(assert_malformed
  (module quote "(type $f (func)) (type $c (cont $f)) (tag $e)"
    "(func (param (ref $c)) (resume $c (on $e) (local.get 0)))")
  "unexpected token")
(assert_malformed
  (module quote "(type $f (func)) (type $c (cont $f)) (tag $e)"
    "(func (param (ref $c)) (resume $c (off $e 0) (local.get 0)))")
  "unknown operator")
(assert_malformed
  (module quote "(type $f (func)) (type $c (cont $f)) (tag $e)"
    "(func (param (ref $c)) (resume $c (local.get 0) (on $e 0)))")
  "unexpected token")
;; The tag is there, the label is there.
(assert_invalid
  (module (type $f (func)) (type $c (cont $f))
    (func (param (ref $c))
      (block $l (result (ref $c)) (resume $c (on 0 $l) (local.get 0)) (return)) (drop)))
  "unknown tag")
(assert_invalid
  (module (type $f (func)) (type $c (cont $f)) (tag $e)
    (func (param (ref $c)) (resume $c (on $e 1) (local.get 0))))
  "unknown label")
(assert_invalid
  (module (type $f (func)) (type $c (cont $f)) (tag $e)
    (func (param (ref $c))
      (block $l (result (ref $c)) (resume $c (on $e $l) (on $e 2) (local.get 0)) (return))
      (drop)))
  "unknown label")
;; The label takes a continuation of a declared type last.
(assert_invalid
  (module (type $f (func)) (type $c (cont $f)) (tag $e)
    (func (param (ref $c)) (block $l (resume $c (on $e $l) (local.get 0)))))
  "type mismatch: the handler's label takes no continuation")
(assert_invalid
  (module (type $f (func)) (type $c (cont $f)) (tag $e)
    (func (param (ref $c))
      (block $l (result i32) (resume $c (on $e $l) (local.get 0)) (i32.const 0)) (drop)))
  "type mismatch: the handler's label takes no continuation")
(assert_invalid
  (module (type $f (func)) (type $c (cont $f)) (tag $e)
    (func (param (ref $c))
      (block $l (result contref) (resume $c (on $e $l) (local.get 0)) (return)) (drop)))
  "type mismatch: the handler's label takes no continuation")
(assert_invalid
  (module (type $f (func)) (type $c (cont $f)) (tag $e)
    (func (param (ref $c))
      (block $l (result nullcontref) (resume $c (on $e $l) (local.get 0)) (return)) (drop)))
  "type mismatch: the handler's label takes no continuation")
(assert_invalid
  (module (type $f (func)) (type $c (cont $f)) (tag $e)
    (func (param (ref $c))
      (block $l (result anyref) (resume $c (on $e $l) (local.get 0)) (return)) (drop)))
  "type mismatch: the handler's label takes no continuation")
(assert_invalid
  (module (type $f (func)) (type $c (cont $f)) (tag $e)
    (func (param (ref $c))
      (block $l (result (ref $f)) (resume $c (on $e $l) (local.get 0)) (return)) (drop)))
  "non-continuation type $f")
(assert_invalid
  (module (type $f (func)) (type $c (cont $f)) (tag $e (param i32))
    (func (param (ref $c))
      (block $l (result (ref $c) i32) (resume $c (on $e $l) (local.get 0)) (return))
      (drop) (drop)))
  "type mismatch: the handler's label takes no continuation")
;; A loop's label: its results do not matter.
(assert_invalid
  (module (type $f (func)) (type $c (cont $f)) (tag $e)
    (func (param (ref $c))
      (loop $l (result (ref $c)) (resume $c (on $e $l) (local.get 0)) (return)) (drop)))
  "type mismatch: the handler's label takes no continuation")
;; As many values as the tag has parameters.
(assert_invalid
  (module (type $f (func)) (type $c (cont $f)) (tag $e (param i32))
    (func (param (ref $c))
      (block $l (result (ref $c)) (resume $c (on $e $l) (local.get 0)) (return)) (drop)))
  "type mismatch: the handler gives 2 values, its label takes 1")
(assert_invalid
  (module (type $f (func)) (type $c (cont $f)) (tag $e)
    (func (param (ref $c))
      (block $l (result i32 (ref $c)) (resume $c (on $e $l) (local.get 0)) (return))
      (drop) (drop)))
  "type mismatch: the handler gives 1 values, its label takes 2")
;; And of these types: te1* <: te1'*.
(assert_invalid
  (module (type $f (func)) (type $c (cont $f)) (tag $e (param i32))
    (func (param (ref $c))
      (block $l (result i64 (ref $c)) (resume $c (on $e $l) (local.get 0)) (return))
      (drop) (drop)))
  "type mismatch: expected i64, found i32")
(assert_invalid
  (module (type $f (func)) (type $c (cont $f)) (tag $e (param i32 i64))
    (func (param (ref $c))
      (block $l (result i32 i32 (ref $c)) (resume $c (on $e $l) (local.get 0)) (return))
      (drop) (drop) (drop)))
  "type mismatch: expected i32, found i64")
(assert_invalid
  (module (type $f (func)) (type $c (cont $f)) (tag $e (param anyref))
    (func (param (ref $c))
      (block $l (result structref (ref $c)) (resume $c (on $e $l) (local.get 0)) (return))
      (drop) (drop)))
  "type mismatch: expected (ref null struct), found (ref null any)")
;; te2* against u1*: as many, and each u1 <: te2.
(assert_invalid
  (module (type $f (func)) (type $c (cont $f)) (tag $e (result i32))
    (func (param (ref $c))
      (block $l (result (ref $c)) (resume $c (on $e $l) (local.get 0)) (return)) (drop)))
  "type mismatch in continuation type")
(assert_invalid
  (module (type $f (func)) (type $c (cont $f)) (tag $e)
    (type $k (func (param i32))) (type $ck (cont $k))
    (func (param (ref $c))
      (block $l (result (ref $ck)) (resume $c (on $e $l) (local.get 0)) (return)) (drop)))
  "type mismatch in continuation type")
(assert_invalid
  (module (type $f (func)) (type $c (cont $f)) (tag $e (result i64))
    (type $k (func (param i32))) (type $ck (cont $k))
    (func (param (ref $c))
      (block $l (result (ref $ck)) (resume $c (on $e $l) (local.get 0)) (return)) (drop)))
  "type mismatch in continuation type")
(assert_invalid
  (module (type $f (func)) (type $c (cont $f)) (tag $e (result structref))
    (type $k (func (param anyref))) (type $ck (cont $k))
    (func (param (ref $c))
      (block $l (result (ref $ck)) (resume $c (on $e $l) (local.get 0)) (return)) (drop)))
  "type mismatch in continuation type")
;; t* against u2*: as many, and each t <: u2.
(assert_invalid
  (module (type $f (func (result i32))) (type $c (cont $f)) (tag $e)
    (type $k (func)) (type $ck (cont $k))
    (func (param (ref $c))
      (block $l (result (ref $ck)) (drop (resume $c (on $e $l) (local.get 0))) (return))
      (drop)))
  "type mismatch in continuation type")
(assert_invalid
  (module (type $f (func)) (type $c (cont $f)) (tag $e)
    (type $k (func (result i32))) (type $ck (cont $k))
    (func (param (ref $c))
      (block $l (result (ref $ck)) (resume $c (on $e $l) (local.get 0)) (return)) (drop)))
  "type mismatch in continuation type")
(assert_invalid
  (module (type $f (func (result i32))) (type $c (cont $f)) (tag $e)
    (type $k (func (result i64))) (type $ck (cont $k))
    (func (param (ref $c))
      (block $l (result (ref $ck)) (drop (resume $c (on $e $l) (local.get 0))) (return))
      (drop)))
  "type mismatch in continuation type")
(assert_invalid
  (module (type $f (func (result anyref))) (type $c (cont $f)) (tag $e)
    (type $k (func (result eqref))) (type $ck (cont $k))
    (func (param (ref $c))
      (block $l (result (ref $ck)) (drop (resume $c (on $e $l) (local.get 0))) (return))
      (drop)))
  "type mismatch in continuation type")
;; Unreached.
(assert_invalid
  (module (type $f (func)) (type $c (cont $f)) (tag $e)
    (func (block $l (result i32) (unreachable) (resume $c (on $e $l)) (i32.const 0)) (drop)))
  "type mismatch: the handler's label takes no continuation")

;; ---- (on $e switch) ----

(assert_invalid
  (module (type $f (func)) (type $c (cont $f))
    (func (param (ref $c)) (resume $c (on 0 switch) (local.get 0))))
  "unknown tag")
;; The tag has no parameters ...
(assert_invalid
  (module (type $f (func)) (type $c (cont $f)) (tag $e (param i32))
    (func (param (ref $c)) (resume $c (on $e switch) (local.get 0))))
  "type mismatch in switch tag")
;; ... and just the results of what is resumed.
(assert_invalid
  (module (type $f (func)) (type $c (cont $f)) (tag $e (result i32))
    (func (param (ref $c)) (resume $c (on $e switch) (local.get 0))))
  "type mismatch in switch tag")
(assert_invalid
  (module (type $f (func (result i32))) (type $c (cont $f)) (tag $e)
    (func (param (ref $c)) (drop (resume $c (on $e switch) (local.get 0)))))
  "type mismatch in switch tag")
(assert_invalid
  (module (type $f (func (result i32))) (type $c (cont $f)) (tag $e (result i64))
    (func (param (ref $c)) (drop (resume $c (on $e switch) (local.get 0)))))
  "type mismatch in switch tag")
(assert_invalid
  (module (type $f (func (result i32 i64))) (type $c (cont $f)) (tag $e (result i32 i32))
    (func (param (ref $c)) (resume $c (on $e switch) (local.get 0)) (drop) (drop)))
  "type mismatch in switch tag")
;; Neither a sub- nor a supertype does.
(assert_invalid
  (module (type $f (func (result eqref))) (type $c (cont $f)) (tag $e (result anyref))
    (func (param (ref $c)) (drop (resume $c (on $e switch) (local.get 0)))))
  "type mismatch in switch tag")
(assert_invalid
  (module (type $f (func (result anyref))) (type $c (cont $f)) (tag $e (result eqref))
    (func (param (ref $c)) (drop (resume $c (on $e switch) (local.get 0)))))
  "type mismatch in switch tag")
(assert_invalid
  (module (type $f (func (result (ref eq)))) (type $c (cont $f)) (tag $e (result eqref))
    (func (param (ref $c)) (drop (resume $c (on $e switch) (local.get 0)))))
  "type mismatch in switch tag")
;; A type that is equal by its group does.
(module
  (type $s (struct (field i32))) (type $t (struct (field i32)))
  (type $f (func (result (ref $s)))) (type $c (cont $f)) (tag $e (result (ref $t)))
  (func (param (ref $c)) (drop (resume $c (on $e switch) (local.get 0))))
)

;; ---- Bytes ----

(module binary
  "\00asm" "\01\00\00\00"
  "\01\09\03" "\60\00\00" "\5d\00" "\60\00\00" ;; types
  "\03\02\01\00"                               ;; a function
  "\0d\03\01\00\00"                            ;; a tag
  "\0a\0b\01\09\00" "\d0\01" "\e3\01\01" "\01\00" "\0b" ;; resume 1 (on 0 switch)
)
(assert_malformed
  (module binary
    "\00asm" "\01\00\00\00"
    "\01\09\03" "\60\00\00" "\5d\00" "\60\00\00"
    "\03\02\01\00" "\0d\03\01\00\00"
    "\0a\0b\01\09\00" "\d0\01" "\e3\01\01" "\02\00" "\0b") ;; clause kind 2
  "malformed")
