;; expect: exhaustion out of fuel
(module (type $a (array (mut i64))) (func (export "run") (local $a (ref null $a))
  (local.set $a (array.new_default $a (i32.const 1000000)))
  (loop $again (array.fill $a (local.get $a) (i32.const 0) (i64.const 1) (i32.const 1000000))
    (br $again))))
