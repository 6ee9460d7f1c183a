;; caller.wat: calls C, is called back with a pointer into the memory that both have, suspends in
;; between, when no C function is on the stack.
(module
  (type $step (func))
  (type $k (cont $step))
  (import "env" "memory" (memory 1))
  (import "env" "work" (func $work (param i32) (result i32)))
  (import "env" "__wasm_call_ctors" (func $ctors))
  (tag $yield (param i32))
  (export "memory" (memory 0))
  (elem declare func $producer)
  ;; the last digit of the text, and the number
  (func (export "callback") (param $x i32) (param $text i32) (result i32)
    (i32.add (local.get $x)
      (i32.mul (i32.const 100)
        (i32.sub (i32.load8_u offset=5 (local.get $text)) (i32.const 48)))))
  (func $producer
    (suspend $yield (call $work (i32.const 3)))
    (suspend $yield (call $work (i32.const 5))))
  (func (export "main") (result i32) (local $k (ref null $k)) (local $sum i32)
    (call $ctors)
    (local.set $k (cont.new $k (ref.func $producer)))
    (loop $again
      (block $on (result i32 (ref $k))
        (resume $k (on $yield $on) (local.get $k))
        (return (local.get $sum)))
      (local.set $k)
      (local.set $sum (i32.add (local.get $sum)))
      (br $again))
    (unreachable)))
