;; expect: exhaustion out of fuel
(module (func $start (loop $again (br $again))) (start $start))
