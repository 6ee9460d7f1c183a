;; Each round costs little but for the filling.
;; expect: exhaustion out of fuel
(module (memory 500) (func (export "run")
  (loop $again (memory.fill (i32.const 0) (i32.const 1) (i32.const 32768000)) (br $again))))
