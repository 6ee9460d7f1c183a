;; Many continuations: what they cost in memory, and that depth has its room. Each function returns
;; n * (n + 1) / 2.
(module
  (type $from (func (param i64)))
  (type $from_k (cont $from))
  (type $step (func))
  (type $step_k (cont $step))
  (type $add (func (param i64) (result i64)))
  (type $add_k (cont $add))
  (tag $yield (param i64))
  (table $ks 0 (ref null $step_k))

  (func $generate (type $from) (param $n i64)
    (loop $again
      (suspend $yield (local.get $n))
      (local.set $n (i64.sub (local.get $n) (i64.const 1)))
      (br_if $again (i64.ne (local.get $n) (i64.const 0)))))
  (elem declare func $generate)

  ;; A generator that has yielded its first number, n.
  (func $start (param $n i64) (result i64 (ref $step_k))
    (block $on_yield (result i64 (ref $step_k))
      (resume $from_k (on $yield $on_yield) (local.get $n)
        (cont.new $from_k (ref.func $generate)))
      (unreachable)))

  ;; n generators live at once, each suspended after its first number; then all are resumed.
  (func (export "live") (param $n i64) (result i64)
    (local $i i64) (local $sum i64) (local $k (ref null $step_k))
    (drop (table.grow $ks (ref.null $step_k)
      (i32.sub (i32.wrap_i64 (local.get $n)) (table.size $ks))))
    (local.set $i (local.get $n))
    (loop $again
      (call $start (i64.add (local.get $i) (i64.const 1)))
      (local.set $k)
      (drop)
      (local.set $i (i64.sub (local.get $i) (i64.const 1)))
      (table.set $ks (i32.wrap_i64 (local.get $i)) (local.get $k))
      (br_if $again (i64.ne (local.get $i) (i64.const 0))))
    (loop $again
      (block $on_yield (result i64 (ref $step_k))
        (resume $step_k (on $yield $on_yield)
          (table.get $ks (i32.wrap_i64 (local.get $i))))
        (unreachable))
      (drop)
      (local.set $sum (i64.add (local.get $sum)))
      (table.set $ks (i32.wrap_i64 (local.get $i)) (ref.null $step_k))
      (local.set $i (i64.add (local.get $i) (i64.const 1)))
      (br_if $again (i64.ne (local.get $i) (local.get $n))))
    (local.get $sum))

  ;; n generators, one after the other suspended and forgotten.
  (func (export "dropped") (param $n i64) (result i64)
    (local $sum i64)
    (loop $again
      (call $start (local.get $n))
      (drop)
      (local.set $sum (i64.add (local.get $sum)))
      (local.set $n (i64.sub (local.get $n) (i64.const 1)))
      (br_if $again (i64.ne (local.get $n) (i64.const 0))))
    (local.get $sum))

  ;; Calls n deep inside a continuation, which suspends down there.
  (func $down (type $add) (param $n i64) (result i64)
    (if (i64.eqz (local.get $n)) (then (suspend $yield (i64.const 0)) (return (i64.const 0))))
    (i64.add (local.get $n) (call $down (i64.sub (local.get $n) (i64.const 1)))))
  (elem declare func $down)
  (type $end (func (result i64)))
  (type $end_k (cont $end))
  (func (export "deep") (param $n i64) (result i64)
    (local $k (ref null $end_k))
    (block $on_yield (result i64 (ref $end_k))
      (resume $add_k (on $yield $on_yield) (local.get $n) (cont.new $add_k (ref.func $down)))
      (return))
    (local.set $k)
    (drop)
    (resume $end_k (local.get $k)))

  ;; Continuations n deep, each resumed by the one before; the innermost suspends through all.
  (func $nest (type $add) (param $n i64) (result i64)
    (if (i64.eqz (local.get $n)) (then (suspend $yield (i64.const 0)) (return (i64.const 0))))
    (i64.add (local.get $n)
      (resume $add_k (i64.sub (local.get $n) (i64.const 1)) (cont.new $add_k (ref.func $nest)))))
  (elem declare func $nest)
  (func (export "nested") (param $n i64) (result i64)
    (local $k (ref null $end_k))
    (block $on_yield (result i64 (ref $end_k))
      (resume $add_k (on $yield $on_yield) (local.get $n) (cont.new $add_k (ref.func $nest)))
      (return))
    (local.set $k)
    (drop)
    (resume $end_k (local.get $k))))
