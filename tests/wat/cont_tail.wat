;; expect: 77
;;
;; A million tail calls between handler and thread use no stack.
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
  (tag $yield)
  (func $thread (type $ft)
    (suspend $yield)
    (return_call $thread))
  (elem declare func $thread)
  (func $handle (param $k (ref $ct)) (param $n i64) (result i64)
    (if (i64.eqz (local.get $n)) (then (return (i64.const 77))))
    (block $on_yield (result (ref $ct))
      (resume $ct (on $yield $on_yield) (local.get $k))
      (unreachable))
    (i64.sub (local.get $n) (i64.const 1))
    (return_call $handle))
  (func (export "_start")
    (call $print (call $handle (cont.new $ct (ref.func $thread)) (i64.const 1000000)))))
