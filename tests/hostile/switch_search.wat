;; 9,000 continuations, one inside the other; the innermost two switch to each other for ever,
;; and each switch searches all of them.
;; expect: exhaustion out of fuel
(module (rec (type $f (func (param (ref null $k)))) (type $k (cont $f)))
  (type $d (func (param i32))) (type $dk (cont $d))
  (tag $t)
  (func $f (type $f)
    (loop $again (local.set 0 (switch $k $t (local.get 0))) (br $again)))
  (func $down (type $d)
    (local $k (ref null $k))
    (if (local.get 0)
      (then
        (resume $dk (i32.sub (local.get 0) (i32.const 1)) (cont.new $dk (ref.func $down))))
      (else
        (local.set $k (switch $k $t (cont.new $k (ref.func $f))))
        (loop $again (local.set $k (switch $k $t (local.get $k))) (br $again)))))
  (elem declare func $f $down)
  (func (export "run")
    (resume $dk (on $t switch) (i32.const 9000) (cont.new $dk (ref.func $down)))))
