;; A continuation that is made, run once and returns: run(n) adds up what n of them give, n * (n + 1) / 2.
(module
  (type $f (func (param i64) (result i64)))
  (type $k (cont $f))
  (func $same (type $f) (local.get 0))
  (elem declare func $same)
  (func (export "run") (param $n i64) (result i64)
    (local $sum i64)
    (loop $again
      (local.set $sum (i64.add (local.get $sum)
        (resume $k (local.get $n) (cont.new $k (ref.func $same)))))
      (br_if $again (i64.ne (local.tee $n (i64.sub (local.get $n) (i64.const 1))) (i64.const 0))))
    (local.get $sum)))
