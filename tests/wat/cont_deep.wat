;; expect: 5042
;;
;; A suspension from deep inside keeps all frames; the stack grew on the way.
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
  (type $ft (func (result i64)))
  (type $ct (cont $ft))
  (tag $ask (result i64))
  (type $got (func (param i64) (result i64)))
  (type $got_k (cont $got))
  (func $down (param $n i64) (result i64)
    (if (result i64) (i64.eqz (local.get $n))
      (then (suspend $ask))
      (else (i64.add (i64.const 1) (call $down (i64.sub (local.get $n) (i64.const 1)))))))
  (func $body (type $ft) (call $down (i64.const 5000)))
  (elem declare func $body)
  (func (export "_start")
    (local $k (ref null $got_k))
    (block $on_ask (result (ref $got_k))
      (resume $ct (on $ask $on_ask) (cont.new $ct (ref.func $body)))
      (unreachable))
    (local.set $k)
    (call $print (resume $got_k (i64.const 42) (local.get $k)))))
