;; expect: 1
;; expect: 2
;; expect: 3
;; expect: 4
;; expect: 5
;; expect: 6
;;
;; Two coroutines switch to each other under one prompt.
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
  (rec (type $ft (func (param (ref null $ct)))) (type $ct (cont $ft)))
  (tag $t)
  (func $left (type $ft) (param $peer (ref null $ct))
    (call $print (i64.const 1))
    (local.set $peer (switch $ct $t (local.get $peer)))
    (call $print (i64.const 3))
    (local.set $peer (switch $ct $t (local.get $peer)))
    (call $print (i64.const 5)))
  (func $right (type $ft) (param $peer (ref null $ct))
    (call $print (i64.const 2))
    (local.set $peer (switch $ct $t (local.get $peer)))
    (call $print (i64.const 4))
    (drop (switch $ct $t (local.get $peer)))
    (unreachable))
  (elem declare func $left $right)
  (func (export "_start")
    (resume $ct (on $t switch)
      (cont.new $ct (ref.func $right))
      (cont.new $ct (ref.func $left)))
    (call $print (i64.const 6))))
