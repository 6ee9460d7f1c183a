(module
  (import "" "fixed" (global $fixed f32)) (import "" "open" (global $open (mut f32)))
  (global $own (export "own") (mut f32) (f32.const 0.25))
  (func (export "step")
    (global.set $open (f32.add (global.get $open) (global.get $fixed)))
    (global.set $own (f32.mul (global.get $own) (global.get $open))))
  (export "open" (global $open)))
