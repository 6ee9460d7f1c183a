;; expect: exhaustion out of fuel
(module (table $t 100000 funcref) (func (export "run")
  (loop $again (table.fill $t (i32.const 0) (ref.null func) (i32.const 100000)) (br $again))))
