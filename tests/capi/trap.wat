(module
  (import "" "fail" (func $fail))
  (tag $e)
  (type $f (func)) (type $k (cont $f)) (tag $t)
  (func (export "host") (call $fail))
  (func $inner (unreachable))
  (func (export "module") (call $inner))
  (func (export "throw") (throw $e))
  (func (export "suspend") (suspend $t)))
