(module
  (import "env" "g" (global (mut i64)))
  (func (export "f") (param i32 f64 externref) (result funcref f32) (unreachable))
  (global (export "pi") f64 (f64.const 3.14))
  (table (export "t") 2 9 funcref)
  (memory (export "m") 1)
  (tag (export "e") (param i32))
  (export "again" (global 0)))
