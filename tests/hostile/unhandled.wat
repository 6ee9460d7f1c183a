;; expect: suspension unhandled tag
(module (tag $t) (func (export "run") (suspend $t)))
