(module
  (type $s (struct (field i32)))
  (import "" "pass" (func $pass (param externref) (result externref)))
  (global (export "global") (mut externref) (ref.null extern))
  (table (export "table") 3 externref)
  (func (export "call") (param externref) (result externref) (call $pass (local.get 0)))
  (func (export "make") (param externref) (result externref)
    (extern.convert_any (struct.new $s (i32.const 1))))
  (func (export "id") (param externref) (result externref) (local.get 0)))
