;; What it costs to suspend through 100 handlers of other operations and to come back. run(n) does
;; it n times: n * (n + 1) / 2.
(module
  (type $ft (func (param i32 i64)))
  (type $ct (cont $ft))
  (type $step (func))
  (type $step_k (cont $step))
  (tag $yield (param i64))
  (tag $other)
  ;; Depth handlers, inside them a generator of n, ..., 1.
  (func $nest (type $ft) (param $depth i32) (param $n i64)
    (if (local.get $depth)
      (then
        (block $on_other (result (ref $step_k))
          (resume $ct (on $other $on_other)
            (i32.sub (local.get $depth) (i32.const 1)) (local.get $n)
            (cont.new $ct (ref.func $nest)))
          (return))
        (unreachable)))
    (loop $again
      (if (i64.eqz (local.get $n)) (then (return)))
      (suspend $yield (local.get $n))
      (local.set $n (i64.sub (local.get $n) (i64.const 1)))
      (br $again)))
  (elem declare func $nest)
  (func (export "run") (param $n i64) (result i64)
    (local $sum i64)
    (local $k (ref null $step_k))
    (local.set $k
      (cont.bind $ct $step_k (i32.const 100) (local.get $n) (cont.new $ct (ref.func $nest))))
    (loop $again
      (block $on_yield (result i64 (ref $step_k))
        (resume $step_k (on $yield $on_yield) (local.get $k))
        (return (local.get $sum)))
      (local.set $k)
      (local.set $sum (i64.add (local.get $sum)))
      (br $again))
    (unreachable)))
