;; pair.wat for native code: the generator gets its first argument when it is first resumed.
(module
  (type $from (func (param i64)))
  (type $from_k (cont $from))
  (type $step (func))
  (type $step_k (cont $step))
  (tag $yield (param i64))

  ;; Yield n, n - 1, ..., 1.
  (func $generate (type $from) (param $n i64)
    (loop $again
      (if (i64.eqz (local.get $n)) (then (return)))
      (suspend $yield (local.get $n))
      (local.set $n (i64.sub (local.get $n) (i64.const 1)))
      (br $again)))
  (elem declare func $generate)

  (func (export "run") (param $n i64) (result i64)
    (local $sum i64)
    (local $k (ref null $step_k))
    (block $first (result i64 (ref $step_k))
      (resume $from_k (on $yield $first) (local.get $n) (cont.new $from_k (ref.func $generate)))
      (return (i64.const 0)))
    (loop $again (param i64 (ref $step_k))
      (local.set $k)
      (local.set $sum (i64.add (local.get $sum)))
      (block $on_yield (result i64 (ref $step_k))
        (resume $step_k (on $yield $on_yield) (local.get $k))
        (return (local.get $sum)))
      (br $again))
    (unreachable)))
