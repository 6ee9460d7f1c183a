;; wfxrt:list@1: lists.
;;
;; A list is a chain of cells; the empty list is null. Tails are mutable so that a list can be
;; made from its front on in a loop; once it is handed out, nobody changes it.
;;
;;   $cons   struct (ref null eq), (mut (ref null $cons)): head and tail
;;   $int64  struct i64
;;
;;   length   [(ref null $cons)] -> [i32]
;;   reverse  [(ref null $cons)] -> [(ref null $cons)]
;;   append   [(ref null $cons) (ref null $cons)] -> [(ref null $cons)]   copies the first
;;   range    [eqref eqref] -> [(ref null $cons)]   the integers from the first to the second
;;   take     [(ref null $cons) i32] -> [(ref null $cons)]   so many of the first, or all
;;   drop     [(ref null $cons) i32] -> [(ref null $cons)]   the rest
;;
;; No function uses more than constant stack.
(module $list
  (type $cons (struct
    (field $head (ref null eq))
    (field $tail (mut (ref null $cons)))))
  (import "wfxrt:int@1" "to_i64" (func $int_to_i64 (param (ref null eq)) (result i64)))
  (import "wfxrt:int@1" "of_i64" (func $int_of_i64 (param i64) (result (ref null eq))))

  (func $list_length (export "length") (param $l (ref null $cons)) (result i32)
    (local $n i32)
    (block $end
      (loop $cells
        (local.set $l (struct.get $cons $tail (br_on_null $end (local.get $l))))
        (local.set $n (i32.add (local.get $n) (i32.const 1)))
        (br $cells)))
    (local.get $n))

  (func $list_reverse (export "reverse") (param $l (ref null $cons)) (result (ref null $cons))
    (local $cell (ref $cons))
    (local $result (ref null $cons))
    (block $end
      (loop $cells
        (local.set $cell (br_on_null $end (local.get $l)))
        (local.set $result
          (struct.new $cons (struct.get $cons $head (local.get $cell)) (local.get $result)))
        (local.set $l (struct.get $cons $tail (local.get $cell)))
        (br $cells)))
    (local.get $result))

  ;; A cell in front of a copy of the first $n cells of $l; $rest comes behind them.
  (func $list_copy (param $l (ref null $cons)) (param $n i32) (param $rest (ref null $cons))
      (result (ref $cons))
    (local $front (ref $cons))
    (local $last (ref $cons))
    (local $cell (ref $cons))
    (local.set $front (struct.new $cons (ref.null eq) (local.get $rest)))
    (local.set $last (local.get $front))
    (block $end
      (loop $cells
        (br_if $end (i32.eqz (local.get $n)))
        (local.set $cell (br_on_null $end (local.get $l)))
        (struct.set $cons $tail (local.get $last)
          (struct.new $cons (struct.get $cons $head (local.get $cell)) (local.get $rest)))
        (local.set $last
          (ref.as_non_null (struct.get $cons $tail (local.get $last))))
        (local.set $l (struct.get $cons $tail (local.get $cell)))
        (local.set $n (i32.sub (local.get $n) (i32.const 1)))
        (br $cells)))
    (local.get $front))

  (func $list_append (export "append") (param $a (ref null $cons)) (param $b (ref null $cons))
      (result (ref null $cons))
    (struct.get $cons $tail
      (call $list_copy (local.get $a) (i32.const -1) (local.get $b))))

  (func $list_take (export "take") (param $l (ref null $cons)) (param $n i32)
      (result (ref null $cons))
    (if (i32.lt_s (local.get $n) (i32.const 0))
      (then (local.set $n (i32.const 0))))
    (struct.get $cons $tail
      (call $list_copy (local.get $l) (local.get $n) (ref.null $cons))))

  (func $list_drop (export "drop") (param $l (ref null $cons)) (param $n i32)
      (result (ref null $cons))
    (block $end
      (loop $cells
        (br_if $end (i32.le_s (local.get $n) (i32.const 0)))
        (local.set $l (struct.get $cons $tail (br_on_null $end (local.get $l))))
        (local.set $n (i32.sub (local.get $n) (i32.const 1)))
        (br $cells)))
    (local.get $l))

  (func $list_range (export "range") (param $from (ref null eq)) (param $to (ref null eq))
      (result (ref null $cons))
    (local $low i64)
    (local $i i64)
    (local $result (ref null $cons))
    (local.set $low (call $int_to_i64 (local.get $from)))
    (local.set $i (call $int_to_i64 (local.get $to)))
    (if (i64.lt_s (local.get $i) (local.get $low))
      (then (return (ref.null $cons))))
    (loop $numbers
      (local.set $result
        (struct.new $cons (call $int_of_i64 (local.get $i)) (local.get $result)))
      ;; Stop before counting down: the lowest number may be the least there is.
      (if (i64.gt_s (local.get $i) (local.get $low))
        (then
          (local.set $i (i64.sub (local.get $i) (i64.const 1)))
          (br $numbers))))
    (local.get $result)))
