;; The sum of address and offset does not fit in 64 bits.
;; expect: trap out of bounds memory access
(module (memory i64 1) (func (export "run") (result i64)
  (i64.load offset=0xfffffffffffffff8 (i64.const 16))))
