;; Continuations that all stay alive.
;; expect: exhaustion
(module (type $f (func)) (type $k (cont $f))
  (type $l (struct (field (ref null $l)) (field (ref $k))))
  (func $f) (elem declare func $f)
  (func (export "run") (local $l (ref null $l))
    (loop $again
      (local.set $l (struct.new $l (local.get $l) (cont.new $k (ref.func $f))))
      (br $again))))
