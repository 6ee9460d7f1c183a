;; resume_throw $ct $x hdl* : [te* (ref null $ct)] -> [t2*]
;;   $ct ~~ cont [t1*] -> [t2*], $x : [te*] -> []

(module
  (type $v (func)) (type $cv (cont $v))
  (type $r (func (result i32))) (type $cr (cont $r))
  (type $ri (func (param i32) (result i32))) (type $cri (cont $ri))
  (tag $e) (tag $f)
  (tag $x (param i32))
  (tag $y)
  (tag $two (param i32 i64))
  (global $ran (mut i32) (i32.const 0))

  (func $yields (suspend $e))
  (func $answers (param i32) (result i32)
    (global.set $ran (i32.const 1))
    (local.get 0))
  ;; Catches $x and gives what it carries and 100; $y passes.
  (func $catches (result i32)
    (block $h (result i32)
      (try_table (catch $x $h) (suspend $e))
      (return (i32.const 1)))
    (i32.add (i32.const 100)))
  ;; Goes on after having caught, and suspends again.
  (func $goes-on (result i32)
    (block $h (result i32)
      (try_table (catch $x $h) (suspend $e))
      (return (i32.const 1)))
    (suspend $f)
    (i32.add (i32.const 1000)))
  (func $cleans-up
    (block $h
      (try_table (catch_all $h) (suspend $e))
      (return))
    (global.set $ran (i32.const 77))
    (throw $y))
  (elem declare func $yields $answers $catches $goes-on $cleans-up)

  (func $suspended (param $k (ref $cv)) (result (ref $cv))
    (block $on (result (ref $cv))
      (resume $cv (on $e $on) (local.get $k))
      (unreachable)))
  (func $suspended-r (param $k (ref $cr)) (result (ref $cr))
    (block $on (result (ref $cr))
      (resume $cr (on $e $on) (local.get $k))
      (unreachable)))

  (func (export "null") (resume_throw $cv $y (ref.null $cv)))
  (func (export "nocont") (resume_throw $cv $x (i32.const 0) (ref.null nocont)))
  (func (export "twice")
    (local $k (ref null $cr))
    (local.set $k (call $suspended-r (cont.new $cr (ref.func $catches))))
    (drop (resume_throw $cr $x (i32.const 1) (local.get $k)))
    (drop (resume_throw $cr $x (i32.const 1) (local.get $k))))
  (func (export "throw-resume")
    (local $k (ref null $cr))
    (local.set $k (call $suspended-r (cont.new $cr (ref.func $catches))))
    (drop (resume_throw $cr $x (i32.const 1) (local.get $k)))
    (drop (resume $cr (local.get $k))))
  (func (export "resume-throw")
    (local $k (ref null $cr))
    (local.set $k (call $suspended-r (cont.new $cr (ref.func $catches))))
    (drop (resume $cr (local.get $k)))
    (drop (resume_throw $cr $x (i32.const 1) (local.get $k))))

  ;; Caught where it is suspended.
  (func (export "caught") (result i32)
    (resume_throw $cr $x (i32.const 11)
      (call $suspended-r (cont.new $cr (ref.func $catches)))))
  ;; Not caught there: it goes on into the resumer.
  (func (export "passes") (result i32)
    (block $h
      (try_table (catch $y $h)
        (drop
          (resume_throw $cr $y (call $suspended-r (cont.new $cr (ref.func $catches))))))
      (return (i32.const 0)))
    (i32.const 1))
  (func (export "uncaught")
    (resume_throw $cv $x (i32.const 0) (call $suspended (cont.new $cv (ref.func $yields)))))
  (func (export "payload") (result i32 i64)
    (block $h (result i32 i64)
      (try_table (catch $two $h)
        (resume_throw $cv $two (i32.const 5) (i64.const 6)
          (call $suspended (cont.new $cv (ref.func $yields)))))
      (unreachable)))
  ;; The clauses serve what runs after the exception was caught.
  (func (export "clauses") (result i32)
    (local $k (ref null $cr))
    (block $on (result (ref $cr))
      (return
        (resume_throw $cr $x (on $f $on) (i32.const 3)
          (call $suspended-r (cont.new $cr (ref.func $goes-on))))))
    (local.set $k)
    (resume $cr (local.get $k)))
  (func (export "no-clauses") (result i32)
    (resume_throw $cr $x (i32.const 3)
      (call $suspended-r (cont.new $cr (ref.func $goes-on)))))
  (func (export "cleanup") (result i32)
    (block $h
      (try_table (catch $y $h)
        (resume_throw $cv $x (i32.const 0)
          (call $suspended (cont.new $cv (ref.func $cleans-up)))))
      (return (i32.const 0)))
    (global.get $ran))

  ;; A fresh continuation: thrown at its entry, nothing of it runs, arguments are dropped.
  (func (export "fresh") (result i32)
    (global.set $ran (i32.const 0))
    (block $h (result i32)
      (try_table (catch $x $h)
        (drop (resume_throw $cri $x (i32.const 9) (cont.new $cri (ref.func $answers)))))
      (unreachable))
    (i32.add (i32.mul (i32.const 10) (global.get $ran))))
  (func (export "fresh-bound") (result i32)
    (global.set $ran (i32.const 0))
    (block $h (result i32)
      (try_table (catch $x $h)
        (drop
          (resume_throw $cr $x (i32.const 8)
            (cont.bind $cri $cr (i32.const 1) (cont.new $cri (ref.func $answers))))))
      (unreachable))
    (i32.add (i32.mul (i32.const 10) (global.get $ran))))
  (func (export "fresh-uncaught")
    (drop (resume_throw $cri $x (i32.const 9) (cont.new $cri (ref.func $answers)))))
  (func (export "fresh-consumed")
    (local $k (ref null $cri))
    (local.set $k (cont.new $cri (ref.func $answers)))
    (block $h
      (try_table (catch_all $h)
        (drop (resume_throw $cri $y (local.get $k)))))
    (drop (resume $cri (i32.const 0) (local.get $k))))

  (func (result i32) (unreachable) (resume_throw $cri $two))
  (func (result i32) (unreachable) (i64.const 0) (ref.null $cri) (resume_throw $cri $two))
)
(assert_trap (invoke "null") "null continuation reference")
(assert_trap (invoke "nocont") "null continuation reference")
(assert_trap (invoke "twice") "continuation already consumed")
(assert_trap (invoke "throw-resume") "continuation already consumed")
(assert_trap (invoke "resume-throw") "continuation already consumed")
(assert_return (invoke "caught") (i32.const 111))
(assert_return (invoke "passes") (i32.const 1))
(assert_exception (invoke "uncaught"))
(assert_return (invoke "payload") (i32.const 5) (i64.const 6))
(assert_return (invoke "clauses") (i32.const 1003))
(assert_suspension (invoke "no-clauses") "unhandled tag")
(assert_return (invoke "cleanup") (i32.const 77))
(assert_return (invoke "fresh") (i32.const 9))
(assert_return (invoke "fresh-bound") (i32.const 8))
(assert_exception (invoke "fresh-uncaught"))
(assert_trap (invoke "fresh-consumed") "continuation already consumed")

;; The type is there and is a continuation type.
(assert_invalid (module (tag $x) (func (unreachable) (resume_throw 9 $x))) "unknown type")
(assert_invalid (module (type $f (func)) (tag $x) (func (unreachable) (resume_throw $f $x)))
  "non-continuation type")
;; The tag is there and has no results.
(assert_invalid
  (module (type $f (func)) (type $c (cont $f)) (func (unreachable) (resume_throw $c 0)))
  "unknown tag")
(assert_invalid
  (module (type $f (func)) (type $c (cont $f)) (tag $x (result i32))
    (func (param (ref $c)) (resume_throw $c $x (local.get 0))))
  "non-empty tag result type")
;; The continuation is on top ...
(assert_invalid
  (module (type $f (func)) (type $c (cont $f)) (tag $x) (func (resume_throw $c $x)))
  "type mismatch: expected (ref null $c), found nothing")
(assert_invalid
  (module (type $f (func)) (type $c (cont $f)) (tag $x)
    (func (param (ref $f)) (resume_throw $c $x (local.get 0))))
  "type mismatch")
(assert_invalid
  (module (type $f (func)) (type $c (cont $f)) (type $d (sub (cont $f))) (tag $x)
    (func (param (ref $d)) (resume_throw $c $x (local.get 0))))
  "type mismatch")
;; ... below it what the tag carries, not the arguments.
(assert_invalid
  (module (type $f (func)) (type $c (cont $f)) (tag $x (param i32))
    (func (param (ref $c)) (resume_throw $c $x (local.get 0))))
  "type mismatch: expected i32, found nothing")
(assert_invalid
  (module (type $f (func)) (type $c (cont $f)) (tag $x (param i32))
    (func (param (ref $c)) (resume_throw $c $x (i64.const 0) (local.get 0))))
  "type mismatch: expected i32, found i64")
(assert_invalid
  (module (type $f (func (param i64))) (type $c (cont $f)) (tag $x (param i32))
    (func (param (ref $c)) (resume_throw $c $x (i64.const 0) (local.get 0))))
  "type mismatch: expected i32, found i64")
(assert_invalid
  (module (type $f (func (param i32))) (type $c (cont $f)) (tag $x)
    (func (param (ref $c)) (resume_throw $c $x (i32.const 0) (local.get 0))))
  "type mismatch: expected nothing, found i32")
(assert_invalid
  (module (type $f (func)) (type $c (cont $f)) (tag $x (param structref))
    (func (param (ref $c) eqref) (resume_throw $c $x (local.get 1) (local.get 0))))
  "type mismatch")
;; The results are those of the function; it may well come back.
(assert_invalid
  (module (type $f (func)) (type $c (cont $f)) (tag $x)
    (func (param (ref $c)) (result i32) (resume_throw $c $x (local.get 0))))
  "type mismatch")
(assert_invalid
  (module (type $f (func (result i32))) (type $c (cont $f)) (tag $x)
    (func (param (ref $c)) (resume_throw $c $x (local.get 0))))
  "type mismatch")
(assert_invalid
  (module (type $f (func (result i32))) (type $c (cont $f)) (tag $x)
    (func (param (ref $c)) (result i64) (resume_throw $c $x (local.get 0))))
  "type mismatch")
;; The clauses are checked as those of resume.
(assert_invalid
  (module (type $f (func)) (type $c (cont $f)) (tag $x)
    (func (param (ref $c)) (resume_throw $c $x (on $x 9) (local.get 0))))
  "unknown label")
(assert_invalid
  (module (type $f (func)) (type $c (cont $f)) (tag $x)
    (func (param (ref $c)) (resume_throw $c $x (on 7 0) (local.get 0))))
  "unknown tag")
(assert_invalid
  (module (type $f (func)) (type $c (cont $f)) (tag $x)
    (func (param (ref $c)) (resume_throw $c $x (on $x 0) (local.get 0))))
  "type mismatch: the handler's label")
(assert_invalid
  (module (type $f (func)) (type $c (cont $f)) (tag $x) (tag $s (result i32))
    (func (param (ref $c)) (resume_throw $c $x (on $s switch) (local.get 0))))
  "type mismatch in switch tag")
