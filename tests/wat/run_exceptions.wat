;; expect: 7
;; expect: 8
;; expect: 9
;; expect: 10
;;
;; Exceptions: caught by tag, by reference and thrown again, by anyone, and through calls.
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
  (tag $e (param i64))
  (tag $other)
  (func $throw (param i64) (throw $e (local.get 0)))
  (func $twice (param i64) (result i64) (local $x exnref) (local $n i64)
    (block $h (result i64 exnref)
      (try_table (catch_ref $e $h) (call $throw (local.get 0)))
      (return (i64.const 0)))
    (local.set $x) (local.set $n)
    (block $h2 (result i64)
      (try_table (catch $e $h2) (throw_ref (local.get $x)))
      (unreachable))
    (i64.add (i64.const 1)))
  (func (export "_start")
    (block $h (result i64)
      (try_table (catch $e $h) (call $throw (i64.const 7)))
      (i64.const 0))
    (call $print)
    (call $print (call $twice (i64.const 7)))
    (block $out
      (block $all (try_table (catch_all $all) (throw $other)) (br $out))
      (call $print (i64.const 9)))
    (block $h (result i64)
      (try_table (result i64) (catch $e $h)
        (block $in (result i64)
          (try_table (result i64) (call $throw (i64.const 10)) (i64.const 0)))))
    (call $print)))
