;; wfxrt:sched@1: a cooperative scheduler. Threads give up their turn with yield and start
;; others with fork; the scheduler runs them in turn until none is left.
;;
;;   $ft    func [] -> []
;;   $ct    cont $ft: a thread, or the rest of one
;;
;;   tag_yield  tag [] -> []
;;   tag_fork   tag [(ref $ct)] -> []
;;   run        [(ref null $ct)] -> []    run a thread and all it forks
;;   yield      [] -> []                  suspend with tag_yield
;;   fork       [(ref $ct)] -> []         suspend with tag_fork
;;   spawn      [(ref null $ft)] -> []    fork a new thread for a function; null traps
;;
;; A forked thread waits behind all others; the one that forks goes on. Threads belong to the
;; innermost run around them, and each run has a queue of its own. An exception that leaves a
;; thread leaves run, and the threads still waiting are dropped. yield and fork outside of run
;; are unhandled tags.
(module $sched
  (type $ft (func))
  (type $ct (cont $ft))
  (type $ring (array (mut (ref null $ct))))
  (type $fifo (struct
    (field $ring (mut (ref $ring)))
    (field $head (mut i32))
    (field $n (mut i32))))

  (import "wfxrt:fifo@1" "new" (func $fifo_new (result (ref $fifo))))
  (import "wfxrt:fifo@1" "enqueue" (func $enqueue (param (ref $fifo)) (param (ref null $ct))))
  (import "wfxrt:fifo@1" "dequeue" (func $dequeue (param (ref $fifo)) (result (ref null $ct))))

  (tag $yield (export "tag_yield"))
  (tag $fork (export "tag_fork") (param (ref $ct)))

  (func $sched_run (export "run") (param $next (ref null $ct))
    (local $queue (ref $fifo))
    (local.set $queue (call $fifo_new))
    (loop $schedule
      (if (ref.is_null (local.get $next))
        (then (return)))
      (block $on_yield (result (ref $ct))
        (block $on_fork (result (ref $ct) (ref $ct))
          (resume $ct (on $yield $on_yield) (on $fork $on_fork) (local.get $next))
          ;; The thread has ended.
          (local.set $next (call $dequeue (local.get $queue)))
          (br $schedule))
        ;; The new thread and the one that forked it.
        (local.set $next)
        (call $sched_wait (local.get $queue))
        (br $schedule))
      ;; The thread that yields.
      (call $sched_wait (local.get $queue))
      (local.set $next (call $dequeue (local.get $queue)))
      (br $schedule)))

  ;; enqueue with the queue last.
  (func $sched_wait (param $k (ref $ct)) (param $queue (ref $fifo))
    (call $enqueue (local.get $queue) (local.get $k)))

  (func $sched_yield (export "yield")
    (suspend $yield))

  (func $sched_fork (export "fork") (param $k (ref $ct))
    (suspend $fork (local.get $k)))

  (func $sched_spawn (export "spawn") (param $f (ref null $ft))
    (suspend $fork (cont.new $ct (local.get $f)))))
