;; expect: trap out of bounds memory access
(module (type $a (array i16)) (data $d "0123") (func (export "run") (result i32)
  (array.len (array.new_data $a $d (i32.const 2) (i32.const 0x7fffffff)))))
