;; What tests/devtools.js looks at: a generator suspends with 1, 2, 3; whoever asks it adds up. The
;; lines to stop at are in functions that do not switch stacks themselves.
(module
  (type $task (func))
  (type $k (cont $task))
  (tag $yield (param i32))
  (func $next (param $i i32) (result i32)
    (i32.add
      (local.get $i) ;; HERE
      (i32.const 1)))
  (func $sum (param $total i32) (param $i i32) (result i32)
    (local.set $total (i32.add (local.get $total) (local.get $i)))
    (local.get $total)) ;; SUM
  (func $generate (type $task)
    (local $i i32)
    (loop $again
      (local.set $i (call $next (local.get $i)))
      (suspend $yield (local.get $i))
      (br_if $again (i32.lt_u (local.get $i) (i32.const 3)))))
  (func (export "go") (result i32)
    (local $i i32)
    (local $total i32)
    (local $k (ref null $k))
    (local.set $k (cont.new $k (ref.func $generate)))
    (loop $ask
      (block $yielded (result i32 (ref $k))
        (resume $k (on $yield $yielded) (local.get $k))
        (return (local.get $total)))
      (local.set $k)
      (local.set $i)
      (local.set $total (call $sum (local.get $total) (local.get $i)))
      (br $ask))
    (unreachable))
  (elem declare func $generate))
