;; Recursion with large frames.
;; expect: exhaustion call stack exhausted
(module (func $run (export "run") (local i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64
  i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 v128 v128)
  (call $run)))
