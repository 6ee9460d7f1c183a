;; expect: unlinkable unknown import
(module (import "no" "where" (func)) (import "no" "where" (memory 1)))
