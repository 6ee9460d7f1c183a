;; expect: exhaustion call stack exhausted
(module (func $run (export "run") (call $run)))
