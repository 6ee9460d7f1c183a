;; wfxrt:io@1: text output, panic and random numbers, through WASI.
;;
;;   $string  array (mut i8): UTF-8
;;
;;   memory     one page. The first 64 KiB are scratch; a program that wants memory of its own
;;              grows it. WASI takes the memory that the program exports under the name
;;              "memory": a program that uses this module imports the memory and exports it
;;              under that name.
;;   where      global (mut (ref null $string)): what panic prints in front of its message, such
;;              as the source position of what is being done; null for nothing
;;   site       global (mut i32): a number of the program's for the place in its source of what
;;              is being done: cheap to set in front of whatever may panic
;;   locate     global (mut (ref null $locate)), $locate = func [i32] -> [(ref $string)]: gives
;;              panic its `where` for the site; null leaves `where` as it is
;;   print      [(ref $string)] -> []    to standard output
;;   print_err  [(ref $string)] -> []    to standard error
;;   panic      [(ref $string)] -> []    print "WHERE: MESSAGE" to standard error, end the
;;              program with exit code 1; never returns
;;   random     [] -> [f64]              from 0, included, to 1, excluded
;;
;; Each call writes at once; nothing waits in a buffer. Output that cannot be written ends the
;; program with exit code 1.
(module $io
  (type $string (array (mut i8)))
  (type $locate (func (param i32) (result (ref $string))))

  (import "wasi_snapshot_preview1" "fd_write"
    (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (import "wasi_snapshot_preview1" "random_get" (func $random_get (param i32 i32) (result i32)))

  ;; 0 to 7: one iovec; 8: bytes written; from 16 on: text.
  (memory $memory (export "memory") 1)
  (data $colon ": ")
  (data $newline "\n")
  (global $where (export "where") (mut (ref null $string)) (ref.null $string))
  (global $site (export "site") (mut i32) (i32.const 0))
  (global $locate (export "locate") (mut (ref null $locate)) (ref.null $locate))

  (func $io_print (export "print") (param $s (ref $string))
    (call $io_write (i32.const 1) (local.get $s)))

  (func $io_print_err (export "print_err") (param $s (ref $string))
    (call $io_write (i32.const 2) (local.get $s)))

  (func $io_panic (export "panic") (param $message (ref $string))
    (block $unknown
      (global.set $where
        (call_ref $locate (global.get $site) (br_on_null $unknown (global.get $locate)))))
    (block $nowhere
      (call $io_write (i32.const 2) (br_on_null $nowhere (global.get $where)))
      (call $io_write (i32.const 2)
        (array.new_data $string $colon (i32.const 0) (i32.const 2))))
    (call $io_write (i32.const 2) (local.get $message))
    (call $io_write (i32.const 2)
      (array.new_data $string $newline (i32.const 0) (i32.const 1)))
    (call $proc_exit (i32.const 1))
    (unreachable))

  ;; Write a string in pieces that fit in the page.
  (func $io_write (param $fd i32) (param $s (ref $string))
    (local $at i32)
    (local $end i32)
    (local $to i32)
    (loop $pieces
      (if (i32.ge_u (local.get $at) (array.len (local.get $s)))
        (then (return)))
      (local.set $end (array.len (local.get $s)))
      (if (i32.gt_u (i32.sub (local.get $end) (local.get $at)) (i32.const 0xfff0))
        (then (local.set $end (i32.add (local.get $at) (i32.const 0xfff0)))))
      (local.set $to (i32.const 16))
      (loop $bytes
        (i32.store8 (local.get $to) (array.get_u $string (local.get $s) (local.get $at)))
        (local.set $to (i32.add (local.get $to) (i32.const 1)))
        (local.set $at (i32.add (local.get $at) (i32.const 1)))
        (br_if $bytes (i32.lt_u (local.get $at) (local.get $end))))
      (call $io_flush (local.get $fd) (i32.const 16) (local.get $to))
      (br $pieces)))

  ;; Write the bytes of the memory from $at to $end, however many WASI takes at a time.
  (func $io_flush (param $fd i32) (param $at i32) (param $end i32)
    (loop $rest
      (if (i32.ge_u (local.get $at) (local.get $end))
        (then (return)))
      (i32.store (i32.const 0) (local.get $at))
      (i32.store (i32.const 4) (i32.sub (local.get $end) (local.get $at)))
      (i32.store (i32.const 8) (i32.const 0))
      (if (i32.or
            (call $fd_write (local.get $fd) (i32.const 0) (i32.const 1) (i32.const 8))
            (i32.eqz (i32.load (i32.const 8))))
        (then
          (call $proc_exit (i32.const 1))
          (unreachable)))
      (local.set $at (i32.add (local.get $at) (i32.load (i32.const 8))))
      (br $rest)))

  (func $io_random (export "random") (result f64)
    (if (call $random_get (i32.const 16) (i32.const 8))
      (then (unreachable)))
    ;; 53 bits, times 2^-53.
    (f64.mul
      (f64.convert_i64_u (i64.shr_u (i64.load (i32.const 16)) (i64.const 11)))
      (f64.const 0x1p-53))))
