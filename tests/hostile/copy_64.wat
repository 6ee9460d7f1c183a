;; expect: trap out of bounds memory access
(module (memory i64 1) (func (export "run")
  (memory.copy (i64.const 8) (i64.const 0) (i64.const -8))))
