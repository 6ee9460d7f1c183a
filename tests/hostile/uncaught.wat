;; expect: exception uncaught exception
(module (tag $e) (func (export "run") (throw $e)))
