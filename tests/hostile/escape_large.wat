;; expect: malformed
(module (memory 1) (data "\u{110000}"))
