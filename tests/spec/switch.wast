;; switch $ct1 $e : [t1* (ref null $ct1)] -> [t2*]   $e : [] -> [t*],
;;   $ct1 ~~ cont [t1* (ref null? $ct2)] -> [te1*], te1* <: t*,
;;   $ct2 ~~ cont [t2*] -> [te2*], t* <: te2*

(module
  (rec (type $f (func (param (ref null $c)))) (type $c (cont $f)))
  (tag $e)
  (tag $other)
  (global $log (mut i32) (i32.const 0))
  (func $note (param i32)
    (global.set $log (i32.add (i32.mul (global.get $log) (i32.const 10)) (local.get 0))))

  (func $done (type $f) (param $from (ref null $c)) (call $note (i32.const 3)))
  (func $first (type $f) (param $from (ref null $c))
    (call $note (i32.const 1))
    (drop (switch $c $e (cont.new $c (ref.func $second))))
    (call $note (i32.const 9)))
  (func $second (type $f) (param $from (ref null $c))
    (call $note (i32.const 2))
    (drop (switch $c $e (cont.new $c (ref.func $done))))
    (call $note (i32.const 8)))
  ;; Goes back to whoever switched here.
  (func $ping (type $f) (param $from (ref null $c))
    (call $note (i32.const 1))
    (local.set $from (switch $c $e (cont.new $c (ref.func $pong))))
    (call $note (i32.const 3))
    (drop (switch $c $e (local.get $from)))
    (call $note (i32.const 9)))
  (func $pong (type $f) (param $from (ref null $c))
    (call $note (i32.const 2))
    (local.set $from (switch $c $e (local.get $from)))
    (call $note (i32.const 4)))
  (func $to-null (type $f) (param (ref null $c)) (drop (switch $c $e (ref.null $c))))
  (func $to-nocont (type $f) (param (ref null $c)) (drop (switch $c $e (ref.null nocont))))
  (func $to-used (type $f) (param $from (ref null $c))
    (local $k (ref null $c))
    (local.set $k (cont.new $c (ref.func $done)))
    (resume $c (ref.null $c) (local.get $k))
    (drop (switch $c $e (local.get $k))))
  ;; The one who switches is captured and so cannot be who is switched to.
  (global $me (mut (ref null $c)) (ref.null $c))
  (func $to-self (type $f) (param (ref null $c)) (drop (switch $c $e (global.get $me))))
  (elem declare func $done $first $second $ping $pong $to-null $to-nocont $to-used $to-self)

  (func $run (param $k (ref $c)) (result i32)
    (global.set $log (i32.const 0))
    (resume $c (on $e switch) (ref.null $c) (local.get $k))
    (global.get $log))
  (func (export "chain") (result i32) (call $run (cont.new $c (ref.func $first))))
  (func (export "ping-pong") (result i32) (call $run (cont.new $c (ref.func $ping))))
  (func (export "to-null") (result i32) (call $run (cont.new $c (ref.func $to-null))))
  (func (export "to-nocont") (result i32) (call $run (cont.new $c (ref.func $to-nocont))))
  (func (export "to-used") (result i32) (call $run (cont.new $c (ref.func $to-used))))
  (func (export "to-self") (result i32)
    (global.set $me (cont.new $c (ref.func $to-self)))
    (call $run (ref.as_non_null (global.get $me))))

  (func (export "unhandled") (drop (switch $c $e (cont.new $c (ref.func $done)))))
  (func (export "no-clause") (resume $c (ref.null $c) (cont.new $c (ref.func $first))))
  (func (export "other-tag")
    (resume $c (on $other switch) (ref.null $c) (cont.new $c (ref.func $first))))
  ;; A switch does not see (on $e $l), nor suspend (on $e switch).
  (type $v (func)) (type $cv (cont $v))
  (func (export "on-label")
    (block $on (result (ref $cv))
      (resume $c (on $e $on) (ref.null $c) (cont.new $c (ref.func $first)))
      (return))
    (drop))
  (func $suspends (type $f) (param (ref null $c)) (suspend $e))
  (elem declare func $suspends)
  (func (export "on-switch")
    (resume $c (on $e switch) (ref.null $c) (cont.new $c (ref.func $suspends))))
  (func (export "skips") (result i32)
    (global.set $log (i32.const 0))
    (block $on (result (ref $cv))
      (resume $c (on $e $on) (on $e switch) (ref.null $c) (cont.new $c (ref.func $first)))
      (return (global.get $log)))
    (drop) (i32.const -1))
  (func (export "skips-switch") (result i32)
    (block $on (result (ref $cv))
      (resume $c (on $e switch) (on $e $on) (ref.null $c) (cont.new $c (ref.func $suspends)))
      (return (i32.const -1)))
    (drop) (i32.const 1))
  ;; Null and consumed are found before the search.
  (func (export "null-unhandled") (drop (switch $c $e (ref.null $c))))
  (func (export "used-unhandled")
    (local $k (ref null $c))
    (local.set $k (cont.new $c (ref.func $done)))
    (resume $c (ref.null $c) (local.get $k))
    (drop (switch $c $e (local.get $k))))
  (func (unreachable) (drop (switch $c $e)))
)
(assert_return (invoke "chain") (i32.const 123))
(assert_return (invoke "ping-pong") (i32.const 1234))
(assert_trap (invoke "to-null") "null continuation reference")
(assert_trap (invoke "to-nocont") "null continuation reference")
(assert_trap (invoke "to-used") "continuation already consumed")
(assert_trap (invoke "to-self") "continuation already consumed")
(assert_suspension (invoke "unhandled") "unhandled tag")
(assert_suspension (invoke "no-clause") "unhandled tag")
(assert_suspension (invoke "other-tag") "unhandled tag")
(assert_suspension (invoke "on-label") "unhandled tag")
(assert_suspension (invoke "on-switch") "unhandled tag")
(assert_return (invoke "skips") (i32.const 123))
(assert_return (invoke "skips-switch") (i32.const 1))
(assert_trap (invoke "null-unhandled") "null continuation reference")
(assert_trap (invoke "used-unhandled") "continuation already consumed")

;; Values both ways: two generators pass a number to each other.
(module
  (rec (type $f (func (param i32 (ref null $c)) (result i32))) (type $c (cont $f)))
  (tag $e (result i32))
  (func $half (type $f) (param $n i32) (param $peer (ref null $c)) (result i32)
    (loop $l
      (if (i32.eqz (local.get $n)) (then (return (i32.const 100))))
      (switch $c $e (i32.sub (local.get $n) (i32.const 1)) (local.get $peer))
      (local.set $peer)
      (local.set $n)
      (br $l))
    (unreachable))
  (func $other (type $f) (param $n i32) (param $peer (ref null $c)) (result i32)
    (loop $l
      (if (i32.eqz (local.get $n)) (then (return (i32.const 200))))
      (switch $c $e (i32.sub (local.get $n) (i32.const 1)) (local.get $peer))
      (local.set $peer)
      (local.set $n)
      (br $l))
    (unreachable))
  (elem declare func $half $other)
  (func (export "run") (param i32) (result i32)
    (resume $c (on $e switch) (local.get 0)
      (cont.new $c (ref.func $other)) (cont.new $c (ref.func $half))))
)
(assert_return (invoke "run" (i32.const 0)) (i32.const 100))
(assert_return (invoke "run" (i32.const 1)) (i32.const 200))
(assert_return (invoke "run" (i32.const 1000)) (i32.const 100))
(assert_return (invoke "run" (i32.const 1001)) (i32.const 200))

;; The prompt that is found stays, with its other clauses, under the target; prompts between it
;; and the switch are captured.
(module
  (type $v (func)) (type $cv (cont $v))
  (rec (type $f (func (param (ref null $c)))) (type $c (cont $f)))
  (tag $e) (tag $s) (tag $t)
  (global $log (mut i32) (i32.const 0))
  (func $note (param i32)
    (global.set $log (i32.add (i32.mul (global.get $log) (i32.const 10)) (local.get 0))))
  (func $target (type $f) (param (ref null $c))
    (call $note (i32.const 2))
    (suspend $s)
    (call $note (i32.const 4))
    (drop (switch $c $e (local.get 0))))
  (func $inner (type $f) (param (ref null $c))
    (drop (switch $c $e (cont.new $c (ref.func $target))))
    (call $note (i32.const 5))
    ;; The prompt for $t is on top of what was captured.
    (suspend $t)
    (call $note (i32.const 7)))
  (func $outer (type $f) (param (ref null $c))
    (local $k (ref null $cv))
    (call $note (i32.const 1))
    (block $on (result (ref $cv))
      (resume $c (on $t $on) (ref.null $c) (cont.new $c (ref.func $inner)))
      (return))
    (local.set $k)
    (call $note (i32.const 6))
    (resume $cv (local.get $k))
    (call $note (i32.const 8)))
  (elem declare func $target $inner $outer)
  (func (export "run") (result i32)
    (local $k (ref null $cv))
    (block $on (result (ref $cv))
      (resume $c (on $s $on) (on $e switch) (ref.null $c) (cont.new $c (ref.func $outer)))
      (return (global.get $log)))
    (local.set $k)
    (call $note (i32.const 3))
    (resume $cv (on $e switch) (local.get $k))
    (global.get $log))
)
(assert_return (invoke "run") (i32.const 12345678))

;; What comes back may be taken at a supertype: te1* <: t*, t* <: te2*.
(module
  (rec (type $f1 (func (param (ref null $c2)) (result i31ref))) (type $c1 (cont $f1))
       (type $f2 (func (param i32) (result anyref))) (type $c2 (cont $f2)))
  (tag $e (result eqref))
  (func (param (ref $c1)) (result i32) (switch $c1 $e (local.get 0)))
)
;; The peer's parameter may be non-null.
(module
  (rec (type $f (func (param i64 (ref $c)))) (type $c (cont $f)))
  (tag $e)
  (func (param (ref $c)) (result i64 (ref $c)) (switch $c $e (i64.const 0) (local.get 0)))
)
;; The operand may be of a declared subtype.
(module
  (rec (type $f (func (param (ref null $c)))) (type $c (sub (cont $f))))
  (type $d (sub $c (cont $f)))
  (tag $e)
  (func (param (ref $d)) (drop (switch $c $e (local.get 0))))
)

;; The type is there and is a continuation type; the tag is there and has no parameters.
(assert_invalid (module (tag $e) (func (unreachable) (switch 9 $e))) "unknown type")
(assert_invalid (module (type $f (func)) (tag $e) (func (unreachable) (switch $f $e)))
  "non-continuation type")
(assert_invalid
  (module (rec (type $f (func (param (ref null $c)))) (type $c (cont $f)))
    (func (unreachable) (switch $c 0) (drop)))
  "unknown tag")
(assert_invalid
  (module (rec (type $f (func (param (ref null $c)))) (type $c (cont $f)))
    (tag $e (param i32))
    (func (param (ref $c)) (drop (switch $c $e (local.get 0)))))
  "type mismatch in switch tag")
;; The last parameter is a continuation of a declared type.
(assert_invalid
  (module (type $f (func)) (type $c (cont $f)) (tag $e)
    (func (param (ref $c)) (switch $c $e (local.get 0))))
  "type mismatch: the continuation takes no continuation")
(assert_invalid
  (module (type $f (func (param i32))) (type $c (cont $f)) (tag $e)
    (func (param (ref $c)) (switch $c $e (local.get 0))))
  "type mismatch: the continuation takes no continuation")
(assert_invalid
  (module (type $f (func (param contref))) (type $c (cont $f)) (tag $e)
    (func (param (ref $c)) (switch $c $e (local.get 0))))
  "type mismatch: the continuation takes no continuation")
(assert_invalid
  (module (type $f (func (param nullcontref))) (type $c (cont $f)) (tag $e)
    (func (param (ref $c)) (switch $c $e (local.get 0))))
  "type mismatch: the continuation takes no continuation")
(assert_invalid
  (module (type $f (func (param anyref))) (type $c (cont $f)) (tag $e)
    (func (param (ref $c)) (switch $c $e (local.get 0))))
  "type mismatch: the continuation takes no continuation")
(assert_invalid
  (module (rec (type $f (func (param (ref null $f)))) (type $c (cont $f))) (tag $e)
    (func (param (ref $c)) (switch $c $e (local.get 0))))
  "non-continuation type $f")
(assert_invalid
  (module (rec (type $f (func (param (ref null $c) i32))) (type $c (cont $f))) (tag $e)
    (func (param (ref $c)) (switch $c $e (ref.null $c) (local.get 0))))
  "type mismatch: the continuation takes no continuation")
;; te1* <: t*: as many, and each.
(assert_invalid
  (module
    (rec (type $f1 (func (param (ref null $c2)) (result i32))) (type $c1 (cont $f1))
         (type $f2 (func)) (type $c2 (cont $f2)))
    (tag $e)
    (func (param (ref $c1)) (switch $c1 $e (local.get 0))))
  "type mismatch in switch tag")
(assert_invalid
  (module
    (rec (type $f1 (func (param (ref null $c2)))) (type $c1 (cont $f1))
         (type $f2 (func (result i32))) (type $c2 (cont $f2)))
    (tag $e (result i32))
    (func (param (ref $c1)) (switch $c1 $e (local.get 0))))
  "type mismatch in switch tag")
(assert_invalid
  (module
    (rec (type $f1 (func (param (ref null $c2)) (result i64))) (type $c1 (cont $f1))
         (type $f2 (func (result i32))) (type $c2 (cont $f2)))
    (tag $e (result i32))
    (func (param (ref $c1)) (switch $c1 $e (local.get 0))))
  "type mismatch in switch tag")
(assert_invalid
  (module
    (rec (type $f1 (func (param (ref null $c2)) (result anyref))) (type $c1 (cont $f1))
         (type $f2 (func (result eqref))) (type $c2 (cont $f2)))
    (tag $e (result eqref))
    (func (param (ref $c1)) (switch $c1 $e (local.get 0))))
  "type mismatch in switch tag")
;; t* <: te2*: as many, and each.
(assert_invalid
  (module
    (rec (type $f1 (func (param (ref null $c2)))) (type $c1 (cont $f1))
         (type $f2 (func (result i32))) (type $c2 (cont $f2)))
    (tag $e)
    (func (param (ref $c1)) (switch $c1 $e (local.get 0))))
  "type mismatch in switch tag")
(assert_invalid
  (module
    (rec (type $f1 (func (param (ref null $c2)) (result i32))) (type $c1 (cont $f1))
         (type $f2 (func)) (type $c2 (cont $f2)))
    (tag $e (result i32))
    (func (param (ref $c1)) (switch $c1 $e (local.get 0))))
  "type mismatch in switch tag")
(assert_invalid
  (module
    (rec (type $f1 (func (param (ref null $c2)) (result i32))) (type $c1 (cont $f1))
         (type $f2 (func (result i64))) (type $c2 (cont $f2)))
    (tag $e (result i32))
    (func (param (ref $c1)) (switch $c1 $e (local.get 0))))
  "type mismatch in switch tag")
(assert_invalid
  (module
    (rec (type $f1 (func (param (ref null $c2)) (result eqref))) (type $c1 (cont $f1))
         (type $f2 (func (result i31ref))) (type $c2 (cont $f2)))
    (tag $e (result eqref))
    (func (param (ref $c1)) (switch $c1 $e (local.get 0))))
  "type mismatch in switch tag")
;; The operands: the target on top ...
(assert_invalid
  (module (rec (type $f (func (param (ref null $c)))) (type $c (cont $f))) (tag $e)
    (func (drop (switch $c $e))))
  "type mismatch: expected (ref null $c), found nothing")
(assert_invalid
  (module (rec (type $f (func (param (ref null $c)))) (type $c (cont $f))) (tag $e)
    (func (param contref) (drop (switch $c $e (local.get 0)))))
  "type mismatch: expected (ref null $c), found (ref null cont)")
(assert_invalid
  (module (rec (type $f (func (param (ref null $c)))) (type $c (cont $f))) (tag $e)
    (type $d (sub (cont $f)))
    (func (param (ref $d)) (drop (switch $c $e (local.get 0)))))
  "type mismatch")
;; ... and all arguments but the last, which switch makes.
(assert_invalid
  (module (rec (type $f (func (param i32 (ref null $c)))) (type $c (cont $f))) (tag $e)
    (func (param (ref $c)) (switch $c $e (local.get 0)) (drop) (drop)))
  "type mismatch: expected i32, found nothing")
(assert_invalid
  (module (rec (type $f (func (param i32 (ref null $c)))) (type $c (cont $f))) (tag $e)
    (func (param (ref $c)) (switch $c $e (i64.const 0) (local.get 0)) (drop) (drop)))
  "type mismatch: expected i32, found i64")
(assert_invalid
  (module (rec (type $f (func (param i32 i64 (ref null $c)))) (type $c (cont $f))) (tag $e)
    (func (param (ref $c))
      (switch $c $e (i64.const 0) (i32.const 0) (local.get 0)) (drop) (drop) (drop)))
  "type mismatch: expected i64, found i32")
(assert_invalid
  (module (rec (type $f (func (param (ref null $c)))) (type $c (cont $f))) (tag $e)
    (func (param (ref $c)) (switch $c $e (ref.null $c) (local.get 0)) (drop)))
  "type mismatch: expected nothing, found")
;; The results are the parameters of $ct2.
(assert_invalid
  (module (rec (type $f (func (param (ref null $c)))) (type $c (cont $f))) (tag $e)
    (func (param (ref $c)) (switch $c $e (local.get 0))))
  "type mismatch")
(assert_invalid
  (module (rec (type $f (func (param (ref null $c)))) (type $c (cont $f))) (tag $e)
    (func (param (ref $c)) (result (ref $c)) (switch $c $e (local.get 0))))
  "type mismatch")
(assert_invalid
  (module
    (rec (type $f1 (func (param i64 (ref null $c2)))) (type $c1 (cont $f1))
         (type $f2 (func (param i32))) (type $c2 (cont $f2)))
    (tag $e)
    (func (param (ref $c1)) (result i64) (switch $c1 $e (i64.const 0) (local.get 0))))
  "type mismatch")
