;; expect: malformed
(module (memory 1) (data "\u{d800}"))
