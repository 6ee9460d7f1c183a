;; Threads: typing only, as they need a feature that is off by default.

(module definition
  (memory 1 2 shared)
  (func (drop (i32.atomic.load align=4 (i32.const 0))))
  (func (drop (i64.atomic.rmw8.add_u align=1 (i32.const 0) (i64.const 0))))
)
(assert_invalid (module (memory 1) (func (drop (i32.atomic.load align=2 (i32.const 0)))))
  "atomic alignment must be natural")
(assert_invalid (module (memory 1) (func (drop (i32.atomic.load align=8 (i32.const 0)))))
  "atomic alignment must be natural")
(assert_invalid (module (func (drop (i32.atomic.load (i32.const 0))))) "unknown memory")
(assert_invalid (module (memory 1 shared)) "shared memory must have maximum")
;; Plain accesses keep their own rule.
(module definition (memory 1) (func (drop (i32.load align=2 (i32.const 0)))))
