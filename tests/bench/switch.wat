;; What a switch costs: two continuations hand n back and forth, counting down. run(n) is
;; n * (n + 1) / 2 after n switches.
(module
  (rec
    (type $ft (func (param i64 (ref null $ct)) (result i64)))
    (type $ct (cont $ft)))
  (tag $turn (result i64))
  (global $sum (mut i64) (i64.const 0))
  (func $side (type $ft) (param $n i64) (param $peer (ref null $ct)) (result i64)
    (loop $again
      (if (i64.eqz (local.get $n)) (then (return (global.get $sum))))
      (global.set $sum (i64.add (global.get $sum) (local.get $n)))
      (switch $ct $turn (i64.sub (local.get $n) (i64.const 1)) (local.get $peer))
      (local.set $peer)
      (local.set $n)
      (br $again))
    (unreachable))
  (elem declare func $side)
  (func (export "run") (param $n i64) (result i64)
    (global.set $sum (i64.const 0))
    (resume $ct (on $turn switch)
      (local.get $n) (cont.new $ct (ref.func $side)) (cont.new $ct (ref.func $side)))))
