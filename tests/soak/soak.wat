;; A scheduler under load: threads switch by suspending to it, throw, catch, and are cancelled.
;;
;; run(n_threads, n_switches, seed) starts n_threads threads and lets them take turns from a ring until
;; they have suspended n_switches times together; the rest is then cancelled. Checks, each a trap:
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
  (type $step (func (param i64)))
  (type $step_k (cont $step))
  ;; A turn is over: the thread's number and count go out, an answer made of both comes back.
  (tag $yield (param i32 i64) (result i64))
  (tag $cancel (param i32))
  (tag $failure (param i32 i64))

  (memory 0)
  ;; 8 bytes a thread: the turns it took. The ring of continuations is a table.
  (table $ks 0 (ref null $step_k))
  (global $random (mut i64) (i64.const 0))
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

  ;; Suspend depth calls down, so that stacks have several frames, and grow now and then.
  (func $pause (param $depth i32) (param $id i32) (param $count i64)
    (if (local.get $depth)
      (then
        (call $pause (i32.sub (local.get $depth) (i32.const 1)) (local.get $id) (local.get $count)))
      (else
        (call $check
          (i64.eq (suspend $yield (local.get $id) (local.get $count))
            (call $answer (local.get $id) (local.get $count)))))))

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

  ;; Start a thread in place id: its continuation at its first pause.
  (func $start (param $id i32) (result (ref null $step_k))
    (local $k (ref null $step_k))
    (i64.store (i32.mul (local.get $id) (i32.const 8)) (i64.const 1))
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

  ;; One turn of place id: its new continuation, or null when the thread has come to its end.
  (func $step (param $id i32) (param $k (ref null $step_k)) (result (ref null $step_k))
    (local $turns i64) (local $next (ref null $step_k))
    (local.set $turns (call $turns (local.get $id)))
    (block $failed (result i32 i64)
      (try_table (catch $failure $failed)
        (block $on_yield (result i32 i64 (ref $step_k))
          (resume $step_k (on $yield $on_yield)
            (call $answer (local.get $id) (local.get $turns)) (local.get $k))
          (global.set $n_finished (call $add (global.get $n_finished)))
          (return (ref.null $step_k)))
        (local.set $next)
        (local.set $turns (i64.add (local.get $turns) (i64.const 1)))
        (call $check (i64.eq (local.get $turns)))
        (call $check (i32.eq (local.get $id)))
        (i64.store (i32.mul (local.get $id) (i32.const 8)) (local.get $turns))
        (return (local.get $next)))
      (unreachable))
    (call $check (i64.eq (local.get $turns)))
    (call $check (i32.eq (local.get $id)))
    (global.set $n_failed (call $add (global.get $n_failed)))
    (ref.null $step_k))

  (func (export "run") (param $n_threads i32) (param $n_switches i64) (param $seed i64) (result i64)
    (local $id i32) (local $n i64) (local $k (ref null $step_k))
    (global.set $random (local.get $seed))
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
        (local.set $k (table.get $ks (local.get $id)))
        (if (call $chance (i64.const 1024))
          (then
            (call $kill (local.get $id) (local.get $k))
            (local.set $k (ref.null $step_k)))
          (else
            (local.set $k (call $step (local.get $id) (local.get $k)))
            (local.set $n (i64.add (local.get $n) (i64.const 1)))))
        (if (ref.is_null (local.get $k)) (then (local.set $k (call $start (local.get $id)))))
        (table.set $ks (local.get $id) (local.get $k))
        (br_if $round (i32.eq
          (local.tee $id (i32.add (local.get $id) (i32.const 1))) (local.get $n_threads)))
        (br_if $place (i64.lt_u (local.get $n) (local.get $n_switches)))))
    (local.set $id (i32.const 0))
    (loop $again
      (call $kill (local.get $id) (table.get $ks (local.get $id)))
      (table.set $ks (local.get $id) (ref.null $step_k))
      (local.set $id (i32.add (local.get $id) (i32.const 1)))
      (br_if $again (i32.lt_u (local.get $id) (local.get $n_threads))))
    (call $check (i64.eq (global.get $n_cancelled) (global.get $n_cleanups)))
    (call $check (i64.eq (global.get $n_started)
      (i64.add (i64.add (global.get $n_finished) (global.get $n_failed)) (global.get $n_cancelled))))
    (local.get $n)))
