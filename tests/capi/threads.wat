(module (import "" "note" (func $note (param i32)))
  (func (export "run") (param $x i32) (local $i i32)
    (loop $again
      (call $note (local.get $x))
      (br_if $again (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1)))
        (i32.const 100))))))
