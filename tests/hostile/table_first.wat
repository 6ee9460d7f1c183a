;; expect: exhaustion table size limit reached
(module (table 4294967295 funcref))
