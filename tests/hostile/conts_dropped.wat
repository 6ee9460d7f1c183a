;; Suspended continuations that nobody keeps.
;; expect: exhaustion out of fuel
(module (type $f (func)) (type $k (cont $f)) (tag $t)
  (func $f (suspend $t)) (elem declare func $f)
  (func (export "run")
    (loop $again
      (block $on (result (ref $k))
        (resume $k (on $t $on) (cont.new $k (ref.func $f))) (unreachable))
      (drop) (br $again))))
