;; expect: 123
;; expect: 456
;; expect: 789
;;
;; Arguments bound a few at a time arrive in order.
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
  (type $f3 (func (param i64 i64 i64) (result i64)))
  (type $k3 (cont $f3))
  (type $f2 (func (param i64 i64) (result i64)))
  (type $k2 (cont $f2))
  (type $f0 (func (result i64)))
  (type $k0 (cont $f0))
  (func $digits (type $f3)
    (i64.add (i64.mul (local.get 0) (i64.const 100))
      (i64.add (i64.mul (local.get 1) (i64.const 10)) (local.get 2))))
  (elem declare func $digits)
  (func (export "_start")
    (call $print
      (resume $k3 (i64.const 1) (i64.const 2) (i64.const 3)
        (cont.new $k3 (ref.func $digits))))
    (call $print
      (resume $k2 (i64.const 5) (i64.const 6)
        (cont.bind $k3 $k2 (i64.const 4) (cont.new $k3 (ref.func $digits)))))
    (call $print
      (resume $k0
        (cont.bind $k2 $k0 (i64.const 8) (i64.const 9)
          (cont.bind $k3 $k2 (i64.const 7) (cont.new $k3 (ref.func $digits))))))))
