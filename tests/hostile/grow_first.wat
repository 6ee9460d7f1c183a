;; expect: exhaustion memory size limit reached
(module (memory 65536))
