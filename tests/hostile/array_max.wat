;; expect: exhaustion
(module (type $a (array v128)) (func (export "run") (result i32)
  (array.len (array.new_default $a (i32.const 0xffffffff)))))
