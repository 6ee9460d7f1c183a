(module
  (type $f (func (param i32) (result i32)))
  (table (export "table") 2 20 funcref)
  (func (export "through") (param i32 i32) (result i32)
    (call_indirect (type $f) (local.get 1) (local.get 0)))
  (func (export "twice") (type $f) (i32.mul (local.get 0) (i32.const 2))))
