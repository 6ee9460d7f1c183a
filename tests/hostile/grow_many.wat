;; expect: exhaustion memory size limit reached
(module (memory 100) (memory 100) (memory 100) (memory 100) (memory 100) (memory 100))
