;; expect: trap out of bounds memory access
(module (memory 1) (func (export "run") (result i64)
  (i64.load offset=0xffffffff (i32.const 0xffffffff))))
