;; expect: 999000
;;
;; Many continuations live at once, each with its own locals; then all are resumed.
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
  (type $ft (func (param i64) (result i64)))
  (type $ct (cont $ft))
  (type $f0 (func (result i64)))
  (type $k0 (cont $f0))
  (type $ks (array (mut (ref null $k0))))
  (tag $pause)
  (func $body (type $ft)
    (suspend $pause)
    (i64.mul (local.get 0) (i64.const 2)))
  (elem declare func $body)
  (func $start (param $i i32) (result (ref $k0))
    (block $on_pause (result (ref $k0))
      (drop (resume $ct (on $pause $on_pause)
        (i64.extend_i32_u (local.get $i)) (cont.new $ct (ref.func $body))))
      (unreachable)))
  (func (export "_start")
    (local $ks (ref null $ks)) (local $i i32) (local $sum i64)
    (local.set $ks (array.new_default $ks (i32.const 1000)))
    (loop $again
      (array.set $ks (local.get $ks) (local.get $i) (call $start (local.get $i)))
      (local.set $i (i32.add (local.get $i) (i32.const 1)))
      (br_if $again (i32.lt_u (local.get $i) (i32.const 1000))))
    (loop $again
      (local.set $i (i32.sub (local.get $i) (i32.const 1)))
      (local.set $sum (i64.add (local.get $sum)
        (resume $k0 (array.get $ks (local.get $ks) (local.get $i)))))
      (br_if $again (local.get $i)))
    (call $print (local.get $sum))))
