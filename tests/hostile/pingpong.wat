;; A handler that hands every suspension on to one outside, without end.
;; expect: exhaustion out of fuel
(module (type $f (func)) (type $k (cont $f)) (tag $t)
  (func $inner (loop $again (suspend $t) (br $again)))
  (func $middle (local $k (ref null $k)) (local.set $k (cont.new $k (ref.func $inner)))
    (loop $again
      (block $on (result (ref $k)) (resume $k (on $t $on) (local.get $k)) (return))
      (local.set $k) (suspend $t) (br $again)))
  (elem declare func $inner $middle)
  (func (export "run") (local $k (ref null $k)) (local.set $k (cont.new $k (ref.func $middle)))
    (loop $again
      (block $on (result (ref $k)) (resume $k (on $t $on) (local.get $k)) (return))
      (local.set $k) (br $again))))
