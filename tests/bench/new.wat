;; What making, resuming and finishing a continuation costs. run(n) does it n times: n * (n + 1) / 2.
(module
  (type $ft (func (param i64) (result i64)))
  (type $ct (cont $ft))
  (func $same (type $ft) (local.get 0))
  (elem declare func $same)
  (func (export "run") (param $n i64) (result i64)
    (local $sum i64)
    (loop $again
      (if (i64.eqz (local.get $n)) (then (return (local.get $sum))))
      (local.set $sum
        (i64.add (local.get $sum)
          (resume $ct (local.get $n) (cont.new $ct (ref.func $same)))))
      (local.set $n (i64.sub (local.get $n) (i64.const 1)))
      (br $again))
    (unreachable)))
