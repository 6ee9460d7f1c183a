;; A scheduler under load: threads suspend to it or switch to each other, throw, catch, and are
;; cancelled.
;;
;; run(n_threads, n_turns, seed) starts n_threads threads and lets them take turns from a ring until
;; they have ended n_turns turns together; the rest is then cancelled. Half of the turns end with a
;; suspend, half with a switch to a thread chosen by chance. Checks, each a trap:
;;
;;   - a thread's own count, kept in its locals, equals the scheduler's, kept in memory, at each turn;
;;   - payload and answer of each operation belong to this thread and this turn;
;;   - a garbage-collected cell that only the thread's stack keeps has its contents;
;;   - of every thread started exactly one end is seen: finished, failed with its own exception, or
;;     cancelled with its cleanup run.
;;
;; It returns the number of turns taken, and leaves counts in globals.
(module
  (type $cell (struct (field $id i32) (field $count (mut i64))))
  (type $body (func (param i32)))
  (type $body_k (cont $body))
  ;; A thread goes on with an answer and, when another thread switched to it, that one's continuation.
  (rec
    (type $step (func (param i64 (ref null $step_k))))
    (type $step_k (cont $step)))
  ;; A turn is over: the thread's number and count go out, an answer made of both comes back.
  (tag $yield (param i32 i64) (result i64 (ref null $step_k)))
  (tag $hand_over)
  (tag $cancel (param i32))
  (tag $failure (param i32 i64))

  (memory 0)
  ;; 8 bytes a thread: the turns it took. The ring of continuations is a table.
  (table $ks 0 (ref null $step_k))
  (global $random (mut i64) (i64.const 0))
  (global $n_threads (mut i32) (i32.const 0))
  (global $n (mut i64) (i64.const 0))               ;; turns taken
  (global $current (mut i32) (i32.const 0))         ;; the thread that has the turn
  (global $last (mut i32) (i32.const 0))            ;; the one that switched to it
  (global $may_switch (mut i32) (i32.const 0))
  (global $n_finished (export "finished") (mut i64) (i64.const 0))
  (global $n_failed (export "failed") (mut i64) (i64.const 0))
  (global $n_cancelled (export "cancelled") (mut i64) (i64.const 0))
  (global $n_cleanups (export "cleanups") (mut i64) (i64.const 0))
  (global $n_started (export "started") (mut i64) (i64.const 0))

  (func $next_random (result i64)
    (global.set $random
      (i64.add (i64.mul (global.get $random) (i64.const 6364136223846793005))
        (i64.const 1442695040888963407)))
    (i64.shr_u (global.get $random) (i64.const 33)))
  ;; One in n.
  (func $chance (param $n i64) (result i32)
    (i64.eqz (i64.rem_u (call $next_random) (local.get $n))))
  (func $check (param $ok i32) (if (i32.eqz (local.get $ok)) (then (unreachable))))
  (func $answer (param $id i32) (param $count i64) (result i64)
    (i64.add (i64.mul (local.get $count) (i64.const 31)) (i64.extend_i32_u (local.get $id))))
  (func $turns (param $id i32) (result i64)
    (i64.load (i32.mul (local.get $id) (i32.const 8))))
  (func $add (param $at i64) (result i64) (i64.add (local.get $at) (i64.const 1)))

  ;; The turn of place id, its count-th, is over.
  (func $end_turn (param $id i32) (param $count i64)
    (call $check (i32.eq (local.get $id) (global.get $current)))
    (call $check (i64.eq (local.get $count) (call $add (call $turns (local.get $id)))))
    (i64.store (i32.mul (local.get $id) (i32.const 8)) (local.get $count))
    (global.set $n (call $add (global.get $n))))

  ;; Switch from thread id to thread to, whose continuation is k; who wakes puts id's into the ring.
  (func $switch_to (param $id i32) (param $count i64) (param $to i32) (param $k (ref null $step_k))
    (result i64 (ref null $step_k))
    (call $end_turn (local.get $id) (local.get $count))
    (table.set $ks (local.get $to) (ref.null $step_k))
    (global.set $last (local.get $id))
    (global.set $current (local.get $to))
    (switch $step_k $hand_over
      (call $answer (local.get $to) (call $turns (local.get $to))) (local.get $k)))
  ;; Half of the time, where there is a thread to switch to; otherwise back to the scheduler.
  (func $leave (param $id i32) (param $count i64) (result i64 (ref null $step_k))
    (local $to i32) (local $k (ref null $step_k))
    (if (i32.and (global.get $may_switch) (call $chance (i64.const 2)))
      (then
        (local.set $to (i32.rem_u (i32.wrap_i64 (call $next_random)) (global.get $n_threads)))
        (local.set $k (table.get $ks (local.get $to)))
        (if (i32.eqz (ref.is_null (local.get $k)))
          (then
            (return_call $switch_to
              (local.get $id) (local.get $count) (local.get $to) (local.get $k))))))
    (suspend $yield (local.get $id) (local.get $count)))

  ;; End the turn depth calls down, so that stacks have several frames, and grow now and then.
  (func $pause (param $depth i32) (param $id i32) (param $count i64)
    (local $from (ref null $step_k))
    (if (local.get $depth)
      (then
        (return_call $pause_deeper
          (local.get $depth) (local.get $id) (local.get $count))))
    (call $leave (local.get $id) (local.get $count))
    (local.set $from)
    (call $check (i64.eq (call $answer (local.get $id) (local.get $count))))
    (if (i32.eqz (ref.is_null (local.get $from)))
      (then (table.set $ks (global.get $last) (local.get $from)))))
  (func $pause_deeper (param $depth i32) (param $id i32) (param $count i64)
    (call $pause (i32.sub (local.get $depth) (i32.const 1)) (local.get $id) (local.get $count)))

  ;; The life of a thread. Some turns throw and catch; some threads finish or fail by themselves.
  (func $live (param $id i32) (param $cell (ref $cell))
    (local $count i64)
    (loop $turn
      (local.set $count (i64.add (local.get $count) (i64.const 1)))
      (struct.set $cell $count (local.get $cell) (local.get $count))
      (call $pause
        (if (result i32) (call $chance (i64.const 64))
          (then (i32.and (i32.wrap_i64 (call $next_random)) (i32.const 31)))
          (else (i32.const 0)))
        (local.get $id) (local.get $count))
      (call $check (i64.eq (call $turns (local.get $id)) (local.get $count)))
      (call $check (i32.eq (struct.get $cell $id (local.get $cell)) (local.get $id)))
      (call $check (i64.eq (struct.get $cell $count (local.get $cell)) (local.get $count)))
      (if (call $chance (i64.const 32))
        (then
          (block $caught (result i32 i64)
            (try_table (catch $failure $caught)
              (throw $failure (local.get $id) (local.get $count)))
            (unreachable))
          (call $check (i64.eq (local.get $count)))
          (call $check (i32.eq (local.get $id)))))
      (if (call $chance (i64.const 4096))
        (then
          (if (call $chance (i64.const 2)) (then (return)))
          (throw $failure (local.get $id) (local.get $count))))
      (br $turn)))

  ;; A cancel runs this cleanup and goes on outwards.
  (func $thread (type $body) (param $id i32)
    (local $exn exnref)
    (block $cancelled (result i32 exnref)
      (try_table (catch_ref $cancel $cancelled)
        (call $live (local.get $id) (struct.new $cell (local.get $id) (i64.const 0))))
      (return))
    (local.set $exn)
    (call $check (i32.eq (local.get $id)))
    (global.set $n_cleanups (call $add (global.get $n_cleanups)))
    (throw_ref (local.get $exn)))
  (elem declare func $thread)

  ;; Start a thread in place id: its continuation at its first pause, a suspend.
  (func $start (param $id i32) (result (ref null $step_k))
    (local $k (ref null $step_k))
    (i64.store (i32.mul (local.get $id) (i32.const 8)) (i64.const 1))
    (global.set $may_switch (i32.const 0))
    (global.set $n_started (call $add (global.get $n_started)))
    (block $on_yield (result i32 i64 (ref $step_k))
      (resume $body_k (on $yield $on_yield) (local.get $id) (cont.new $body_k (ref.func $thread)))
      (unreachable))
    (local.set $k)
    (call $check (i64.eq (i64.const 1)))
    (call $check (i32.eq (local.get $id)))
    (local.get $k))

  ;; Cancel the thread of place id, whose continuation is k.
  (func $kill (param $id i32) (param $k (ref null $step_k))
    (block $done
      (block $caught (result i32)
        (try_table (catch $cancel $caught)
          (block $on_yield (result i32 i64 (ref $step_k))
            (resume_throw $step_k $cancel (on $yield $on_yield) (local.get $id) (local.get $k))
            (unreachable))
          (unreachable))
        (unreachable))
      (call $check (i32.eq (local.get $id)))
      (global.set $n_cancelled (call $add (global.get $n_cancelled)))))

  ;; A turn of place id and of the threads that it leads to by switches, until one suspends or comes
  ;; to its end. That one is current then; its new continuation, or null at its end.
  (func $step (param $id i32) (result (ref null $step_k))
    (local $k (ref null $step_k)) (local $count i64)
    (global.set $may_switch (i32.const 1))
    (global.set $current (local.get $id))
    (local.set $k (table.get $ks (local.get $id)))
    (table.set $ks (local.get $id) (ref.null $step_k))
    (block $failed (result i32 i64)
      (try_table (catch $failure $failed)
        (block $on_yield (result i32 i64 (ref $step_k))
          (resume $step_k (on $yield $on_yield) (on $hand_over switch)
            (call $answer (local.get $id) (call $turns (local.get $id)))
            (ref.null $step_k) (local.get $k))
          (global.set $n_finished (call $add (global.get $n_finished)))
          (return (ref.null $step_k)))
        (local.set $k)
        (local.set $count)
        (call $end_turn (local.get $count))
        (return (local.get $k)))
      (unreachable))
    (call $check (i64.eq (call $turns (global.get $current))))
    (call $check (i32.eq (global.get $current)))
    (global.set $n_failed (call $add (global.get $n_failed)))
    (ref.null $step_k))

  (func (export "run") (param $n_threads i32) (param $n_turns i64) (param $seed i64) (result i64)
    (local $id i32) (local $k (ref null $step_k))
    (global.set $random (local.get $seed))
    (global.set $n_threads (local.get $n_threads))
    (drop (memory.grow
      (i32.add (i32.div_u (local.get $n_threads) (i32.const 8192)) (i32.const 1))))
    (drop (table.grow $ks (ref.null $step_k) (local.get $n_threads)))
    (loop $again
      (table.set $ks (local.get $id) (call $start (local.get $id)))
      (local.set $id (i32.add (local.get $id) (i32.const 1)))
      (br_if $again (i32.lt_u (local.get $id) (local.get $n_threads))))
    (loop $round
      (local.set $id (i32.const 0))
      (loop $place
        (if (call $chance (i64.const 1024))
          (then
            (call $kill (local.get $id) (table.get $ks (local.get $id)))
            (table.set $ks (local.get $id) (call $start (local.get $id))))
          (else
            (local.set $k (call $step (local.get $id)))
            (if (ref.is_null (local.get $k))
              (then (local.set $k (call $start (global.get $current)))))
            (table.set $ks (global.get $current) (local.get $k))))
        (if (i64.lt_u (global.get $n) (local.get $n_turns))
          (then
            (br_if $place (i32.lt_u
              (local.tee $id (i32.add (local.get $id) (i32.const 1))) (local.get $n_threads)))
            (br $round)))))
    (local.set $id (i32.const 0))
    (loop $again
      (call $kill (local.get $id) (table.get $ks (local.get $id)))
      (table.set $ks (local.get $id) (ref.null $step_k))
      (local.set $id (i32.add (local.get $id) (i32.const 1)))
      (br_if $again (i32.lt_u (local.get $id) (local.get $n_threads))))
    (call $check (i64.eq (global.get $n_cancelled) (global.get $n_cleanups)))
    (call $check (i64.eq (global.get $n_started)
      (i64.add (i64.add (global.get $n_finished) (global.get $n_failed)) (global.get $n_cancelled))))
    (global.get $n)))
