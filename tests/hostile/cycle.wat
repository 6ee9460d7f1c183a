;; Two continuations that resume each other: one is running, so it cannot be resumed.
;; expect: trap continuation already consumed
(module (type $f (func)) (type $k (cont $f)) (tag $t)
  (global $a (mut (ref null $k)) (ref.null $k)) (global $b (mut (ref null $k)) (ref.null $k))
  (func $fa (suspend $t) (resume $k (global.get $b)))
  (func $fb (suspend $t) (resume $k (global.get $a)))
  (elem declare func $fa $fb)
  (func $first (param $k (ref $k)) (result (ref $k))
    (block $on (result (ref $k)) (resume $k (on $t $on) (local.get $k)) (unreachable)))
  (func (export "run")
    (global.set $a (call $first (cont.new $k (ref.func $fa))))
    (global.set $b (call $first (cont.new $k (ref.func $fb))))
    (resume $k (global.get $a))))
