;; expect: 1
;; expect: 102
;; expect: 3
;;
;; The innermost prompt with a clause for the tag answers; others are passed and captured.
(module
  (import "wasi_snapshot_preview1" "fd_write"
    (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  ;; Print a number, at least 0, on a line.
  (func $print (param $n i64)
    (local $at i32)
    (i32.store8 (local.tee $at (i32.const 63)) (i32.const 10))
    (loop $digit
      (i32.store8 (local.tee $at (i32.sub (local.get $at) (i32.const 1)))
        (i32.add (i32.const 48) (i32.wrap_i64 (i64.rem_u (local.get $n) (i64.const 10)))))
      (br_if $digit
        (i64.ne (local.tee $n (i64.div_u (local.get $n) (i64.const 10))) (i64.const 0))))
    (i32.store (i32.const 0) (local.get $at))
    (i32.store (i32.const 4) (i32.sub (i32.const 64) (local.get $at)))
    (drop (call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8))))
  (type $ft (func))
  (type $ct (cont $ft))
  (tag $a (param i64))
  (tag $b (param i64))
  (func $body (type $ft)
    (suspend $a (i64.const 1))
    (suspend $b (i64.const 2))
    (suspend $a (i64.const 3)))
  ;; Handles $a; $b passes through it, so the continuation that $outer gets holds this prompt.
  (func $middle (type $ft)
    (local $k (ref null $ct))
    (local.set $k (cont.new $ct (ref.func $body)))
    (loop $again
      (block $on_a (result i64 (ref $ct))
        (resume $ct (on $a $on_a) (local.get $k))
        (return))
      (local.set $k)
      (call $print)
      (br $again)))
  (elem declare func $body $middle)
  (func (export "_start")
    (local $k (ref null $ct))
    (local.set $k (cont.new $ct (ref.func $middle)))
    (loop $again
      (block $on_b (result i64 (ref $ct))
        (block $on_a (result i64 (ref $ct))
          (resume $ct (on $b $on_b) (on $a $on_a) (local.get $k))
          (return))
        (unreachable))
      (local.set $k)
      (i64.add (i64.const 100))
      (call $print)
      (br $again))))
