;; expect: trap out of bounds array access
(module (type $a (array (mut i8))) (func (export "run") (local $a (ref null $a))
  (local.set $a (array.new_default $a (i32.const 10)))
  (array.copy $a $a (local.get $a) (i32.const 0xffffffff) (local.get $a) (i32.const 0)
    (i32.const 2))))
