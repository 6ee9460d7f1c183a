;; Grow to the limit, and write all of it.
;; expect: trap out of bounds memory access
(module (memory 0) (func (export "run") (local $at i32)
  (loop $more (br_if $more (i32.ne (memory.grow (i32.const 1)) (i32.const -1))))
  (loop $again
    (i32.store (local.get $at) (i32.const 1))
    (local.set $at (i32.add (local.get $at) (i32.const 4096)))
    (br $again))))
