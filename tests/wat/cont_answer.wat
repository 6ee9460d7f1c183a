;; expect: 52
;;
;; An answer goes back in: state kept by the handler, two tags, two label types.
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
  (type $got (func (param i64) (result i64)))
  (type $got_k (cont $got))
  (tag $get (result i64))
  (tag $put (param i64))
  (func $count (type $ft)
    (suspend $put (i64.add (suspend $get) (i64.const 1)))
    (suspend $put (i64.mul (suspend $get) (i64.const 10)))
    (i64.add (suspend $get) (i64.const 2)))
  (elem declare func $count)
  (func $run (param $state i64) (param $k (ref null $ct)) (result i64)
    (local $waiting (ref null $got_k))
    (loop $again (result i64)
      (block $on_put (result i64 (ref $ct))
        (block $on_get (result (ref $got_k))
          (return
            (resume $ct (on $get $on_get) (on $put $on_put) (local.get $k))))
        (local.set $waiting)
        (local.set $k (cont.bind $got_k $ct (local.get $state) (local.get $waiting)))
        (br $again))
      (local.set $k)
      (local.set $state)
      (br $again)))
  (func (export "_start")
    (call $print (call $run (i64.const 4) (cont.new $ct (ref.func $count))))))
