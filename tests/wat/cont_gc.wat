;; expect: 500500
;;
;; Objects that only a suspended frame holds live on through collections.
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
  (type $list (struct (field i64) (field (ref null $list))))
  (type $ft (func (result i64)))
  (type $ct (cont $ft))
  (tag $pause)
  (func $sum (param $l (ref null $list)) (result i64)
    (local $n i64)
    (loop $again
      (if (ref.is_null (local.get $l)) (then (return (local.get $n))))
      (local.set $n (i64.add (local.get $n) (struct.get $list 0 (local.get $l))))
      (local.set $l (struct.get $list 1 (local.get $l)))
      (br $again))
    (unreachable))
  (func $list (param $n i64) (result (ref null $list))
    (local $l (ref null $list))
    (loop $again
      (local.set $l (struct.new $list (local.get $n) (local.get $l)))
      (br_if $again (i64.ne (local.tee $n (i64.sub (local.get $n) (i64.const 1))) (i64.const 0))))
    (local.get $l))
  (func $body (type $ft)
    (local $l (ref null $list))
    (local.set $l (call $list (i64.const 1000)))
    (suspend $pause)
    (call $sum (local.get $l)))
  (elem declare func $body)
  (func (export "_start")
    (local $k (ref null $ct)) (local $i i32)
    (block $on_pause (result (ref $ct))
      (drop (resume $ct (on $pause $on_pause) (cont.new $ct (ref.func $body))))
      (unreachable))
    (local.set $k)
    (loop $garbage
      (drop (call $list (i64.const 1000)))
      (local.set $i (i32.add (local.get $i) (i32.const 1)))
      (br_if $garbage (i32.lt_u (local.get $i) (i32.const 5000))))
    (call $print (resume $ct (local.get $k)))))
