;; Two that switch to each other for ever.
;; expect: exhaustion out of fuel
(module (rec (type $f (func (param (ref null $k)))) (type $k (cont $f)))
  (tag $t)
  (func $f (type $f)
    (loop $again (local.set 0 (switch $k $t (local.get 0))) (br $again)))
  (func $g (type $f)
    (local.set 0 (switch $k $t (cont.new $k (ref.func $f))))
    (loop $again (local.set 0 (switch $k $t (local.get 0))) (br $again)))
  (elem declare func $f $g)
  (func (export "run")
    (resume $k (on $t switch) (ref.null $k) (cont.new $k (ref.func $g)))))
