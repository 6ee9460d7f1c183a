;; expect: exhaustion memory size limit reached
(module (memory i64 281474976710656))
