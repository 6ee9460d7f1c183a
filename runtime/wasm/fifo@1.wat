;; wfxrt:fifo@1: queues of continuations, first in, first out.
;;
;; A continuation cannot be cast, so it cannot be kept among other values: these queues hold
;; continuations of one type, [] -> []. Any number of queues may be in use.
;;
;;   $ft    func [] -> []
;;   $ct    cont $ft
;;   $fifo  a queue; as below
;;
;;   new      [] -> [(ref $fifo)]
;;   enqueue  [(ref $fifo) (ref null $ct)] -> []
;;   dequeue  [(ref $fifo)] -> [(ref null $ct)]     null when the queue is empty
;;   length   [(ref $fifo)] -> [i32]
;;
;; Cost: constant; the ring doubles when it is full. A slot is cleared when its continuation
;; leaves, so that the queue keeps nothing alive.
(module $fifo
  (type $ft (func))
  (type $ct (cont $ft))
  (type $ring (array (mut (ref null $ct))))
  ;; The n continuations from place head on, going round at the end of the ring, whose length is
  ;; a power of two.
  (type $fifo (struct
    (field $ring (mut (ref $ring)))
    (field $head (mut i32))
    (field $n (mut i32))))

  (func $fifo_new (export "new") (result (ref $fifo))
    (struct.new $fifo
      (array.new_default $ring (i32.const 8))
      (i32.const 0)
      (i32.const 0)))

  (func $fifo_length (export "length") (param $q (ref $fifo)) (result i32)
    (struct.get $fifo $n (local.get $q)))

  (func $fifo_enqueue (export "enqueue") (param $q (ref $fifo)) (param $k (ref null $ct))
    (local $n i32)
    (local.set $n (struct.get $fifo $n (local.get $q)))
    (if (i32.eq (local.get $n) (array.len (struct.get $fifo $ring (local.get $q))))
      (then (call $fifo_grow (local.get $q))))
    (array.set $ring
      (struct.get $fifo $ring (local.get $q))
      (call $fifo_place (local.get $q) (local.get $n))
      (local.get $k))
    (struct.set $fifo $n (local.get $q) (i32.add (local.get $n) (i32.const 1))))

  (func $fifo_dequeue (export "dequeue") (param $q (ref $fifo)) (result (ref null $ct))
    (local $head i32)
    (local $k (ref null $ct))
    (if (i32.eqz (struct.get $fifo $n (local.get $q)))
      (then (return (ref.null $ct))))
    (local.set $head (struct.get $fifo $head (local.get $q)))
    (local.set $k (array.get $ring (struct.get $fifo $ring (local.get $q)) (local.get $head)))
    (array.set $ring
      (struct.get $fifo $ring (local.get $q)) (local.get $head) (ref.null $ct))
    (struct.set $fifo $head (local.get $q) (call $fifo_place (local.get $q) (i32.const 1)))
    (struct.set $fifo $n (local.get $q)
      (i32.sub (struct.get $fifo $n (local.get $q)) (i32.const 1)))
    (local.get $k))

  ;; The place of the i-th continuation.
  (func $fifo_place (param $q (ref $fifo)) (param $i i32) (result i32)
    (i32.and
      (i32.add (struct.get $fifo $head (local.get $q)) (local.get $i))
      (i32.sub (array.len (struct.get $fifo $ring (local.get $q))) (i32.const 1))))

  ;; Move a full ring to one twice as long, from place 0 on.
  (func $fifo_grow (param $q (ref $fifo))
    (local $old (ref $ring))
    (local $new (ref $ring))
    (local $head i32)
    (local $n i32)
    (local $n_first i32)
    (local.set $old (struct.get $fifo $ring (local.get $q)))
    (local.set $head (struct.get $fifo $head (local.get $q)))
    (local.set $n (array.len (local.get $old)))
    (local.set $n_first (i32.sub (local.get $n) (local.get $head)))
    (local.set $new (array.new_default $ring (i32.shl (local.get $n) (i32.const 1))))
    (array.copy $ring $ring
      (local.get $new) (i32.const 0) (local.get $old) (local.get $head) (local.get $n_first))
    (array.copy $ring $ring
      (local.get $new) (local.get $n_first) (local.get $old) (i32.const 0) (local.get $head))
    (struct.set $fifo $ring (local.get $q) (local.get $new))
    (struct.set $fifo $head (local.get $q) (i32.const 0))))
