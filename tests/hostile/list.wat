;; A list that only grows.
;; expect: exhaustion heap exhausted
(module (type $l (struct (field (ref null $l)))) (func (export "run") (local $l (ref null $l))
  (loop $again (local.set $l (struct.new $l (local.get $l))) (br $again))))
