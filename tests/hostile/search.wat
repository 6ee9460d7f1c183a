;; A suspension that has to search through thousands of handlers each time.
;; expect: exhaustion out of fuel
(module (type $f (func)) (type $k (cont $f)) (type $n (func (param i32))) (type $nk (cont $n))
  (tag $t) (tag $other)
  (func $nest (param $n i32)
    (if (i32.eqz (local.get $n)) (then (loop $again (suspend $t) (br $again))))
    (block $on (result (ref $k))
      (resume $nk (on $other $on) (i32.sub (local.get $n) (i32.const 1))
        (cont.new $nk (ref.func $nest)))
      (return))
    (drop))
  (func $start (call $nest (i32.const 5000)))
  (elem declare func $nest $start)
  (func (export "run") (local $k (ref null $k)) (local.set $k (cont.new $k (ref.func $start)))
    (loop $again
      (block $on (result (ref $k)) (resume $k (on $t $on) (local.get $k)) (return))
      (local.set $k) (br $again))))
