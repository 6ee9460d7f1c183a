;; expect: 120
;; expect: 500000
;; expect: 3
;; expect: 21
;;
;; Calls: recursion, tail calls in constant stack, through a table, with several results.
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
  (type $unary (func (param i64) (result i64)))
  (table funcref (elem $fac $double))
  (func $fac (type $unary)
    (if (result i64) (i64.eqz (local.get 0))
      (then (i64.const 1))
      (else (i64.mul (local.get 0) (call $fac (i64.sub (local.get 0) (i64.const 1)))))))
  (func $double (type $unary) (i64.mul (local.get 0) (i64.const 2)))
  (func $count (param $n i64) (param $acc i64) (result i64)
    (if (i64.eqz (local.get $n)) (then (return (local.get $acc))))
    (return_call $count (i64.sub (local.get $n) (i64.const 1))
      (i64.add (local.get $acc) (i64.const 1))))
  (func $divmod (param i64 i64) (result i64 i64)
    (i64.div_u (local.get 0) (local.get 1)) (i64.rem_u (local.get 0) (local.get 1)))
  (func (export "_start") (local $q i64)
    (call $print (call_indirect (type $unary) (i64.const 5) (i32.const 0)))
    (call $print (call $count (i64.const 500000) (i64.const 0)))
    (call $divmod (i64.const 23) (i64.const 7))
    (local.set $q)
    (call $print)
    (call $print (i64.add (i64.mul (local.get $q) (i64.const 10)) (i64.const 1)))))
