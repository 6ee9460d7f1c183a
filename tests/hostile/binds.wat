;; Binding argument after argument, in continuations that nobody runs.
;; expect: exhaustion out of fuel
(module
  (type $f0 (func)) (type $k0 (cont $f0)) (type $f1 (func (param i64))) (type $k1 (cont $f1))
  (type $f2 (func (param i64 i64))) (type $k2 (cont $f2))
  (type $f3 (func (param i64 i64 i64))) (type $k3 (cont $f3))
  (type $f4 (func (param i64 i64 i64 i64))) (type $k4 (cont $f4))
  (func $f (type $f4)) (elem declare func $f)
  (func (export "run") (local $k (ref null $k0))
    (loop $again
      (local.set $k (cont.bind $k1 $k0 (i64.const 1) (cont.bind $k2 $k1 (i64.const 2)
        (cont.bind $k3 $k2 (i64.const 3) (cont.bind $k4 $k3 (i64.const 4)
          (cont.new $k4 (ref.func $f)))))))
      (br $again))))
