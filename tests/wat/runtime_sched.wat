;; Threads that fork and yield run in turn, breadth first; runs may be nested; many threads.
;; expect: a0 b0 c0 a1 b1 c1 a2 b2 c2
;; expect: a0 x0 x1 x2 b0 c0 a1 b1 c1 a2 b2 c2
;; expect: 1000
(module
  (type $string (array (mut i8)))
  (type $ft (func))
  (type $ct (cont $ft))
  (import "wfxrt:io@1" "memory" (memory 1))
  (import "wfxrt:io@1" "print" (func $print (param (ref $string))))
  (import "wfxrt:int@1" "to_string" (func $show (param (ref null eq)) (result (ref $string))))
  (import "wfxrt:sched@1" "run" (func $run (param (ref null $ct))))
  (import "wfxrt:sched@1" "yield" (func $yield))
  (import "wfxrt:sched@1" "fork" (func $fork (param (ref $ct))))
  (import "wfxrt:sched@1" "spawn" (func $spawn (param (ref null $ft))))
  (export "memory" (memory 0))
  (elem declare func $a $b $c $x $main $count $many)

  (global $is_first (mut i32) (i32.const 1))
  (global $nest (mut i32) (i32.const 0))
  (global $n (mut i32) (i32.const 0))

  ;; NAME DIGIT, with a blank between two.
  (func $say (param $name i32) (param $i i32)
    (if (i32.eqz (global.get $is_first))
      (then (call $print (array.new_fixed $string 1 (i32.const 32)))))
    (global.set $is_first (i32.const 0))
    (call $print
      (array.new_fixed $string 2
        (local.get $name)
        (i32.add (i32.const 48) (local.get $i)))))
  (func $newline
    (call $print (array.new_fixed $string 1 (i32.const 10)))
    (global.set $is_first (i32.const 1)))

  (func $thread (param $name i32)
    (local $i i32)
    (loop $steps
      (call $say (local.get $name) (local.get $i))
      ;; In the second round, the first thread runs a scheduler of its own.
      (if (i32.and
            (global.get $nest)
            (i32.and (i32.eq (local.get $name) (i32.const 97)) (i32.eqz (local.get $i))))
        (then (call $run (cont.new $ct (ref.func $x)))))
      (call $yield)
      (local.set $i (i32.add (local.get $i) (i32.const 1)))
      (br_if $steps (i32.lt_u (local.get $i) (i32.const 3)))))
  (func $a (call $thread (i32.const 97)))
  (func $b (call $thread (i32.const 98)))
  (func $c (call $thread (i32.const 99)))
  (func $x (call $thread (i32.const 120)))
  (func $main
    (call $fork (cont.new $ct (ref.func $a)))
    (call $spawn (ref.func $b))
    (call $spawn (ref.func $c)))

  (func $count
    (call $yield)
    (global.set $n (i32.add (global.get $n) (i32.const 1)))
    (call $yield))
  (func $many
    (local $i i32)
    (loop $again
      (call $spawn (ref.func $count))
      (local.set $i (i32.add (local.get $i) (i32.const 1)))
      (br_if $again (i32.lt_u (local.get $i) (i32.const 1000)))))

  (func (export "_start")
    (call $run (ref.null $ct)) ;; nothing to do
    (call $run (cont.new $ct (ref.func $main)))
    (call $newline)
    (global.set $nest (i32.const 1))
    (call $run (cont.new $ct (ref.func $main)))
    (call $newline)
    (call $run (cont.new $ct (ref.func $many)))
    (call $print (call $show (ref.i31 (global.get $n))))
    (call $newline)))
