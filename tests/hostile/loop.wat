;; expect: exhaustion out of fuel
(module (func (export "run") (loop $again (br $again))))
