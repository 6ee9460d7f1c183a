;; expect: 7
;; expect: 8
;; expect: 2
;; expect: 9
;;
;; Exceptions leave a continuation for its resumer; resume_throw raises one inside.
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
  (tag $ask)
  (tag $oops (param i64))
  (func $raise (type $ft) (throw $oops (i64.const 7)))
  (func $clean (type $ft)
    (block $caught (result i64)
      (try_table (catch $oops $caught)
        (suspend $ask))
      (unreachable))
    (call $print)
    (call $print (i64.const 2)))
  (func $never (type $ft) (unreachable))
  (elem declare func $raise $clean $never)
  (func (export "_start")
    ;; out of the continuation
    (block $caught (result i64)
      (try_table (catch $oops $caught)
        (resume $ct (cont.new $ct (ref.func $raise))))
      (unreachable))
    (call $print)
    ;; into a suspended one
    (block $on_ask (result (ref $ct))
      (resume $ct (on $ask $on_ask) (cont.new $ct (ref.func $clean)))
      (unreachable))
    (i64.const 8)
    (call $throw_in)
    ;; into a fresh one: its code does not run
    (block $caught (result i64)
      (try_table (catch $oops $caught)
        (resume_throw $ct $oops (i64.const 9) (cont.new $ct (ref.func $never))))
      (unreachable))
    (call $print))
  (func $throw_in (param $k (ref $ct)) (param $n i64)
    (resume_throw $ct $oops (local.get $n) (local.get $k))))
