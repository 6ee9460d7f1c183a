;; expect: exhaustion out of fuel
(module (func $run (export "run") (return_call $run)))
