;; expect: 200000
;;
;; Garbage cycles through continuations are collected: this runs in little memory.
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
  (rec
    (type $box (struct (field (mut (ref null $ct)))))
    (type $ft (func (param (ref $box))))
    (type $ct (cont $ft)))
  (type $f0 (func))
  (type $k0 (cont $f0))
  (type $keep (struct (field (ref null $k0))))
  (tag $pause)
  (func $body (type $ft) (suspend $pause) (unreachable))
  (elem declare func $body)
  (func (export "_start")
    (local $i i32)
    (loop $again
      (block $on_pause (result (ref $k0))
        (resume $ct (on $pause $on_pause)
          (struct.new $box (ref.null $ct)) (cont.new $ct (ref.func $body)))
        (unreachable))
      (drop (struct.new $keep))
      (local.set $i (i32.add (local.get $i) (i32.const 1)))
      (br_if $again (i32.lt_u (local.get $i) (i32.const 200000))))
    (call $print (i64.extend_i32_u (local.get $i)))))
