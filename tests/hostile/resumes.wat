;; A chain of resumes without end.
;; expect: exhaustion
(module (type $f (func)) (type $k (cont $f))
  (func $run (export "run") (resume $k (cont.new $k (ref.func $run)))))
