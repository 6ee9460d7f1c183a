;; expect: trap out of bounds table access
(module (table $t 0 externref) (func (export "run") (local $at i32)
  (loop $more
    (br_if $more (i32.ne (table.grow $t (ref.null extern) (i32.const 1000)) (i32.const -1))))
  (loop $again
    (table.set $t (local.get $at) (ref.null extern))
    (local.set $at (i32.add (local.get $at) (i32.const 1)))
    (br $again))))
