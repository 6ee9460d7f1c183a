;; Exceptions through a deep stack, again and again.
;; expect: exhaustion out of fuel
(module (tag $e)
  (func $deep (param $n i32)
    (if (i32.eqz (local.get $n)) (then (throw $e)))
    (call $deep (i32.sub (local.get $n) (i32.const 1))))
  (func (export "run")
    (loop $again
      (block $h (try_table (catch $e $h) (call $deep (i32.const 5000))))
      (br $again))))
