;; A queue gives back what went in, in order, also when its ring grows while it goes round.
;; expect: 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 end 0
(module
  (type $string (array (mut i8)))
  (type $ft (func))
  (type $ct (cont $ft))
  (type $ring (array (mut (ref null $ct))))
  (type $fifo (struct (field (mut (ref $ring))) (field (mut i32)) (field (mut i32))))
  (type $taking (func (param (ref null eq))))
  (type $taking_ct (cont $taking))
  (import "wfxrt:io@1" "memory" (memory 1))
  (import "wfxrt:io@1" "print" (func $print (param (ref $string))))
  (import "wfxrt:int@1" "to_string" (func $show (param (ref null eq)) (result (ref $string))))
  (import "wfxrt:fifo@1" "new" (func $new (result (ref $fifo))))
  (import "wfxrt:fifo@1" "enqueue" (func $enqueue (param (ref $fifo)) (param (ref null $ct))))
  (import "wfxrt:fifo@1" "dequeue" (func $dequeue (param (ref $fifo)) (result (ref null $ct))))
  (import "wfxrt:fifo@1" "length" (func $length (param (ref $fifo)) (result i32)))
  (export "memory" (memory 0))
  (elem declare func $say)

  (func $say (param $i (ref null eq))
    (call $print (call $show (local.get $i)))
    (call $print (array.new_fixed $string 1 (i32.const 32))))
  (func $put (param $q (ref $fifo)) (param $i i32)
    (call $enqueue (local.get $q)
      (cont.bind $taking_ct $ct
        (ref.i31 (local.get $i)) (cont.new $taking_ct (ref.func $say)))))

  (func (export "_start")
    (local $q (ref $fifo))
    (local $i i32)
    (local.set $q (call $new))
    ;; Three in, one out.
    (loop $again
      (call $put (local.get $q) (local.get $i))
      (call $put (local.get $q) (i32.add (local.get $i) (i32.const 1)))
      (call $put (local.get $q) (i32.add (local.get $i) (i32.const 2)))
      (resume $ct (call $dequeue (local.get $q)))
      (local.set $i (i32.add (local.get $i) (i32.const 3)))
      (br_if $again (i32.lt_u (local.get $i) (i32.const 30))))
    (block $empty
      (loop $rest
        (resume $ct (br_on_null $empty (call $dequeue (local.get $q))))
        (br $rest)))
    (call $print
      (array.new_fixed $string 4
        (i32.const 101) (i32.const 110) (i32.const 100) (i32.const 32)))
    (call $print (call $show (ref.i31 (call $length (local.get $q)))))
    (call $print (array.new_fixed $string 1 (i32.const 10)))))
