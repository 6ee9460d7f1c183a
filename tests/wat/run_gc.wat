;; expect: 500500
;; expect: 1048575
;; expect: 3
;;
;; Garbage collection: a list, a tree made and dropped many times, casts.
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
  (type $list (sub (struct (field $head i64) (field $tail (ref null $list)))))
  (type $named (sub $list (struct (field i64) (field (ref null $list)) (field $name i32))))
  (type $tree (struct (field $l (ref null $tree)) (field $r (ref null $tree))))
  (func $list (param $n i64) (result (ref null $list)) (local $l (ref null $list))
    (loop $again
      (local.set $l (struct.new $list (local.get $n) (local.get $l)))
      (br_if $again (i64.ne (i64.const 0)
        (local.tee $n (i64.sub (local.get $n) (i64.const 1))))))
    (local.get $l))
  (func $sum (param $l (ref null $list)) (result i64) (local $s i64)
    (loop $again
      (if (ref.is_null (local.get $l)) (then (return (local.get $s))))
      (local.set $s (i64.add (local.get $s) (struct.get $list $head (local.get $l))))
      (local.set $l (struct.get $list $tail (local.get $l)))
      (br $again))
    (unreachable))
  (func $tree (param $depth i32) (result (ref null $tree))
    (if (result (ref null $tree)) (i32.eqz (local.get $depth))
      (then (ref.null $tree))
      (else (struct.new $tree
        (call $tree (i32.sub (local.get $depth) (i32.const 1)))
        (call $tree (i32.sub (local.get $depth) (i32.const 1)))))))
  (func $size (param $t (ref null $tree)) (result i64)
    (if (result i64) (ref.is_null (local.get $t))
      (then (i64.const 0))
      (else (i64.add (i64.const 1)
        (i64.add (call $size (struct.get $tree $l (local.get $t)))
                 (call $size (struct.get $tree $r (local.get $t))))))))
  (func $kind (param $l (ref null $list)) (result i64)
    (block $named (result (ref $named))
      (br_on_cast $named (ref null $list) (ref $named) (local.get $l))
      (return (i64.extend_i32_u (ref.is_null))))
    (i64.extend_i32_u (struct.get $named $name)))
  (func (export "_start") (local $keep (ref null $tree)) (local $i i32)
    (call $print (call $sum (call $list (i64.const 1000))))
    (local.set $keep (call $tree (i32.const 20)))
    (loop $again
      (drop (call $tree (i32.const 12)))
      (br_if $again (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1)))
        (i32.const 200))))
    (call $print (call $size (local.get $keep)))
    (call $print (i64.add (call $kind (call $list (i64.const 1)))
      (i64.add (call $kind (ref.null $list))
        (call $kind (struct.new $named (i64.const 1) (ref.null $list) (i32.const 2))))))))
