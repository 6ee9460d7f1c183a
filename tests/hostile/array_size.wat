;; expect: exhaustion heap exhausted
(module (type $a (array i64)) (func (export "run") (result i32)
  (array.len (array.new_default $a (i32.const 0xfffffff)))))
