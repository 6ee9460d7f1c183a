;; wfxrt:value@1: what values look like, structural equality and order, records.
;;
;; Every value of a language that uses this runtime is a (ref null eq). The kinds of values,
;; which structural functions tell apart by their types:
;;
;;   integer    i31, or $int64 for those that do not fit        $int64   struct i64
;;   float      $float                                          $float   struct f64
;;   character  $char, a code point                             $char    struct i32
;;   boolean    the globals true and false                      $bool    struct i8
;;   string     $string, UTF-8                                  $string  array (mut i8)
;;   list       null, or $cons: head, tail                      $cons    struct (ref null eq),
;;                                                                       (mut (ref null $cons))
;;   record     $record: labels, values in the same order       $record  struct (ref $shape),
;;                                                                       (ref $fields)
;;   variant    $variant: label, payload                        $variant struct (ref $label),
;;                                                                       (ref null eq)
;;   others     anything else: functions and what a language has of its own
;;
;;   $label   struct i32, (ref $string)     a number for the language's own use, the name
;;   $shape   array (mut (ref $label))      in order, each once
;;   $fields  array (mut (ref null eq))
;;
;; All are final and without supertypes; each is a recursion group of its own. A language's own
;; types must be others than these: types of equal structure are the same type. Nobody changes a
;; value once it is handed out.
;;
;; Labels are ordered: numbers (names that begin with a digit) by number, then names by text. A
;; tuple is a record with the labels 1 to n; the unit value is the record without fields. Labels
;; of one name should be one object (one global in a program), which makes comparing them quick.
;;
;;   unit     global (ref $record)
;;   true     global (ref $bool)
;;   false    global (ref $bool)
;;   bool     [i32] -> [(ref $bool)]       false for 0
;;   eq       [eqref eqref] -> [i32]       structural equality; panic for functions
;;   compare  [eqref eqref] -> [i32]       -1, 0, 1: before, equal, behind; 2: not ordered, as
;;            the first difference is a float that is not a number
;;   find     [(ref $shape) (ref $label)] -> [i32]   the place of a field, or -1
;;
;; Records made from others; null when the field is there already (extend) or is not there:
;;
;;   extend    [(ref $record) (ref $label) eqref] -> [(ref null $record)]
;;   update    [(ref $record) (ref $label) eqref] -> [(ref null $record)]
;;   restrict  [(ref $record) (ref $label)] -> [(ref null $record)]
;;
;; eq and compare use constant stack, whatever the values' depth; cyclic values do not end.
;; Values of different kinds are ordered by kind, records by their labels first, then field by
;; field, variants by label, then payload, lists element by element.
(module $value
  (type $string (array (mut i8)))
  (type $int64 (struct (field i64)))
  (type $float (struct (field f64)))
  (type $char (struct (field i32)))
  (type $bool (struct (field i8)))
  (type $cons (struct
    (field $head (ref null eq))
    (field $tail (mut (ref null $cons)))))
  (type $label (struct (field $id i32) (field $name (ref $string))))
  (type $shape (array (mut (ref $label))))
  (type $fields (array (mut (ref null eq))))
  (type $record (struct (field $shape (ref $shape)) (field $fields (ref $fields))))
  (type $variant (struct (field $label (ref $label)) (field $payload (ref null eq))))
  ;; Pairs still to be compared, first things first.
  (type $todo (struct
    (field $a (ref null eq))
    (field $b (ref null eq))
    (field $next (ref null $todo))))

  (import "wfxrt:io@1" "panic" (func $panic (param (ref $string))))
  (import "wfxrt:int@1" "compare"
    (func $int_compare (param (ref null eq)) (param (ref null eq)) (result i32)))
  (import "wfxrt:string@1" "compare"
    (func $string_compare (param (ref $string)) (param (ref $string)) (result i32)))

  (data $functions "functions cannot be compared")

  (global $false (export "false") (ref $bool) (struct.new $bool (i32.const 0)))
  (global $true (export "true") (ref $bool) (struct.new $bool (i32.const 1)))
  (global $unit (export "unit") (ref $record)
    (struct.new $record (array.new_fixed $shape 0) (array.new_fixed $fields 0)))

  (func $value_bool (export "bool") (param $x i32) (result (ref $bool))
    (select (result (ref $bool))
      (global.get $true) (global.get $false) (local.get $x)))

  ;; ---- Kinds

  ;; 0 integer, 1 float, 2 character, 3 boolean, 4 string, 5 list, 6 record, 7 variant, 8 other.
  (func $value_kind (param $x (ref null eq)) (result i32)
    (if (ref.test (ref i31) (local.get $x)) (then (return (i32.const 0))))
    (if (ref.test (ref null $cons) (local.get $x)) (then (return (i32.const 5))))
    (if (ref.test (ref $string) (local.get $x)) (then (return (i32.const 4))))
    (if (ref.test (ref $record) (local.get $x)) (then (return (i32.const 6))))
    (if (ref.test (ref $variant) (local.get $x)) (then (return (i32.const 7))))
    (if (ref.test (ref $char) (local.get $x)) (then (return (i32.const 2))))
    (if (ref.test (ref $bool) (local.get $x)) (then (return (i32.const 3))))
    (if (ref.test (ref $float) (local.get $x)) (then (return (i32.const 1))))
    (if (ref.test (ref $int64) (local.get $x)) (then (return (i32.const 0))))
    (i32.const 8))

  (func $sign (param $a i32) (param $b i32) (result i32)
    (i32.sub
      (i32.gt_s (local.get $a) (local.get $b))
      (i32.lt_s (local.get $a) (local.get $b))))

  ;; ---- Labels and shapes

  ;; Whether a label is a number.
  (func $label_is_number (param $l (ref $label)) (result i32)
    (local $name (ref $string))
    (local.set $name (struct.get $label $name (local.get $l)))
    (if (i32.eqz (array.len (local.get $name)))
      (then (return (i32.const 0))))
    (i32.lt_u
      (i32.sub (array.get_u $string (local.get $name) (i32.const 0)) (i32.const 48))
      (i32.const 10)))

  (func $label_compare (param $a (ref $label)) (param $b (ref $label)) (result i32)
    (local $c i32)
    (if (ref.eq (local.get $a) (local.get $b))
      (then (return (i32.const 0))))
    ;; Numbers have no leading zeros: the longer one is the larger. Digits are before letters.
    (if (i32.and (call $label_is_number (local.get $a)) (call $label_is_number (local.get $b)))
      (then
        (local.set $c
          (call $sign
            (array.len (struct.get $label $name (local.get $a)))
            (array.len (struct.get $label $name (local.get $b)))))
        (if (local.get $c)
          (then (return (local.get $c))))))
    (return_call $string_compare
      (struct.get $label $name (local.get $a))
      (struct.get $label $name (local.get $b))))

  (func $shape_compare (param $a (ref $shape)) (param $b (ref $shape)) (result i32)
    (local $i i32)
    (local $n i32)
    (local $c i32)
    (if (ref.eq (local.get $a) (local.get $b))
      (then (return (i32.const 0))))
    (local.set $n (array.len (local.get $a)))
    (if (i32.gt_u (local.get $n) (array.len (local.get $b)))
      (then (local.set $n (array.len (local.get $b)))))
    (block $same
      (loop $labels
        (br_if $same (i32.eq (local.get $i) (local.get $n)))
        (local.set $c
          (call $label_compare
            (array.get $shape (local.get $a) (local.get $i))
            (array.get $shape (local.get $b) (local.get $i))))
        (if (local.get $c)
          (then (return (local.get $c))))
        (local.set $i (i32.add (local.get $i) (i32.const 1)))
        (br $labels)))
    (return_call $sign (array.len (local.get $a)) (array.len (local.get $b))))

  (func $value_find (export "find") (param $s (ref $shape)) (param $l (ref $label)) (result i32)
    (local $i i32)
    ;; The same object is likely, and quick to find.
    (block $absent
      (loop $labels
        (br_if $absent (i32.eq (local.get $i) (array.len (local.get $s))))
        (if (ref.eq (array.get $shape (local.get $s) (local.get $i)) (local.get $l))
          (then (return (local.get $i))))
        (local.set $i (i32.add (local.get $i) (i32.const 1)))
        (br $labels)))
    (local.set $i (call $shape_place (local.get $s) (local.get $l)))
    (if (i32.lt_u (local.get $i) (array.len (local.get $s)))
      (then
        (if (i32.eqz
              (call $label_compare
                (array.get $shape (local.get $s) (local.get $i)) (local.get $l)))
          (then (return (local.get $i))))))
    (i32.const -1))

  ;; How many labels of a shape come before a label.
  (func $shape_place (param $s (ref $shape)) (param $l (ref $label)) (result i32)
    (local $i i32)
    (block $found
      (loop $labels
        (br_if $found (i32.eq (local.get $i) (array.len (local.get $s))))
        (br_if $found
          (i32.ge_s
            (call $label_compare
              (array.get $shape (local.get $s) (local.get $i)) (local.get $l))
            (i32.const 0)))
        (local.set $i (i32.add (local.get $i) (i32.const 1)))
        (br $labels)))
    (local.get $i))

  ;; ---- Records

  (func $value_extend (export "extend")
      (param $r (ref $record)) (param $l (ref $label)) (param $x (ref null eq))
      (result (ref null $record))
    (local $shape (ref $shape))
    (local $new_shape (ref $shape))
    (local $fields (ref $fields))
    (local $n i32)
    (local $i i32)
    (local.set $shape (struct.get $record $shape (local.get $r)))
    (if (i32.ge_s (call $value_find (local.get $shape) (local.get $l)) (i32.const 0))
      (then (return (ref.null $record))))
    (local.set $n (array.len (local.get $shape)))
    (local.set $i (call $shape_place (local.get $shape) (local.get $l)))
    (local.set $new_shape
      (array.new $shape (local.get $l) (i32.add (local.get $n) (i32.const 1))))
    (local.set $fields
      (array.new $fields (local.get $x) (i32.add (local.get $n) (i32.const 1))))
    ;; What is before place i, then what is behind it.
    (array.copy $shape $shape
      (local.get $new_shape) (i32.const 0) (local.get $shape) (i32.const 0) (local.get $i))
    (array.copy $fields $fields
      (local.get $fields) (i32.const 0)
      (struct.get $record $fields (local.get $r)) (i32.const 0) (local.get $i))
    (array.copy $shape $shape
      (local.get $new_shape) (i32.add (local.get $i) (i32.const 1))
      (local.get $shape) (local.get $i) (i32.sub (local.get $n) (local.get $i)))
    (array.copy $fields $fields
      (local.get $fields) (i32.add (local.get $i) (i32.const 1))
      (struct.get $record $fields (local.get $r)) (local.get $i)
      (i32.sub (local.get $n) (local.get $i)))
    (struct.new $record (local.get $new_shape) (local.get $fields)))

  (func $value_update (export "update")
      (param $r (ref $record)) (param $l (ref $label)) (param $x (ref null eq))
      (result (ref null $record))
    (local $fields (ref $fields))
    (local $n i32)
    (local $i i32)
    (local.set $i (call $value_find (struct.get $record $shape (local.get $r)) (local.get $l)))
    (if (i32.lt_s (local.get $i) (i32.const 0))
      (then (return (ref.null $record))))
    (local.set $n (array.len (struct.get $record $fields (local.get $r))))
    (local.set $fields (array.new_default $fields (local.get $n)))
    (array.copy $fields $fields
      (local.get $fields) (i32.const 0)
      (struct.get $record $fields (local.get $r)) (i32.const 0) (local.get $n))
    (array.set $fields (local.get $fields) (local.get $i) (local.get $x))
    (struct.new $record (struct.get $record $shape (local.get $r)) (local.get $fields)))

  (func $value_restrict (export "restrict") (param $r (ref $record)) (param $l (ref $label))
      (result (ref null $record))
    (local $shape (ref $shape))
    (local $new_shape (ref $shape))
    (local $fields (ref $fields))
    (local $n i32)
    (local $i i32)
    (local.set $shape (struct.get $record $shape (local.get $r)))
    (local.set $i (call $value_find (local.get $shape) (local.get $l)))
    (if (i32.lt_s (local.get $i) (i32.const 0))
      (then (return (ref.null $record))))
    (local.set $n (i32.sub (array.len (local.get $shape)) (i32.const 1)))
    (local.set $new_shape (array.new $shape (local.get $l) (local.get $n)))
    (local.set $fields (array.new_default $fields (local.get $n)))
    (array.copy $shape $shape
      (local.get $new_shape) (i32.const 0) (local.get $shape) (i32.const 0) (local.get $i))
    (array.copy $fields $fields
      (local.get $fields) (i32.const 0)
      (struct.get $record $fields (local.get $r)) (i32.const 0) (local.get $i))
    (array.copy $shape $shape
      (local.get $new_shape) (local.get $i)
      (local.get $shape) (i32.add (local.get $i) (i32.const 1))
      (i32.sub (local.get $n) (local.get $i)))
    (array.copy $fields $fields
      (local.get $fields) (local.get $i)
      (struct.get $record $fields (local.get $r)) (i32.add (local.get $i) (i32.const 1))
      (i32.sub (local.get $n) (local.get $i)))
    (struct.new $record (local.get $new_shape) (local.get $fields)))

  ;; ---- Equality and order

  (func $value_eq (export "eq") (param $a (ref null eq)) (param $b (ref null eq)) (result i32)
    (i32.eqz (call $value_compare (local.get $a) (local.get $b))))

  (func $float_compare (param $a f64) (param $b f64) (result i32)
    (if (f64.lt (local.get $a) (local.get $b)) (then (return (i32.const -1))))
    (if (f64.gt (local.get $a) (local.get $b)) (then (return (i32.const 1))))
    (if (f64.eq (local.get $a) (local.get $b)) (then (return (i32.const 0))))
    (i32.const 2))

  ;; The fields of two records of one shape, in front of what is to be done.
  (func $todo_fields (param $a (ref $fields)) (param $b (ref $fields))
      (param $next (ref null $todo))
      (result (ref null $todo))
    (local $i i32)
    (local.set $i (array.len (local.get $a)))
    (block $end
      (loop $fields
        (br_if $end (i32.eqz (local.get $i)))
        (local.set $i (i32.sub (local.get $i) (i32.const 1)))
        (local.set $next
          (struct.new $todo
            (array.get $fields (local.get $a) (local.get $i))
            (array.get $fields (local.get $b) (local.get $i))
            (local.get $next)))
        (br $fields)))
    (local.get $next))

  (func $value_compare (export "compare") (param $a (ref null eq)) (param $b (ref null eq))
      (result i32)
    (local $todo (ref null $todo))
    (local $c i32)
    (local $kind i32)
    (local $cell_a (ref null $cons))
    (local $cell_b (ref null $cons))
    (local $record_a (ref $record))
    (local $record_b (ref $record))
    (local $variant_a (ref $variant))
    (local $variant_b (ref $variant))
    (loop $again
      (local.set $kind (call $value_kind (local.get $a)))
      (local.set $c (call $sign (local.get $kind) (call $value_kind (local.get $b))))
      (if (local.get $c)
        (then (return (local.get $c))))
      (block $compared
        (block $other
        (block $variant
        (block $record
        (block $list
        (block $string
        (block $bool
        (block $char
        (block $float
        (block $int
          (br_table $int $float $char $bool $string $list $record $variant $other
            (local.get $kind)))
        ;; $int
        (local.set $c (call $int_compare (local.get $a) (local.get $b)))
        (br $compared))
        ;; $float
        (local.set $c
          (call $float_compare
            (struct.get $float 0 (ref.cast (ref $float) (local.get $a)))
            (struct.get $float 0 (ref.cast (ref $float) (local.get $b)))))
        (br $compared))
        ;; $char
        (local.set $c
          (call $sign
            (struct.get $char 0 (ref.cast (ref $char) (local.get $a)))
            (struct.get $char 0 (ref.cast (ref $char) (local.get $b)))))
        (br $compared))
        ;; $bool
        (local.set $c
          (call $sign
            (struct.get_u $bool 0 (ref.cast (ref $bool) (local.get $a)))
            (struct.get_u $bool 0 (ref.cast (ref $bool) (local.get $b)))))
        (br $compared))
        ;; $string
        (local.set $c
          (call $string_compare
            (ref.cast (ref $string) (local.get $a))
            (ref.cast (ref $string) (local.get $b))))
        (br $compared))
        ;; $list: an empty one is before others.
        (local.set $cell_a (ref.cast (ref null $cons) (local.get $a)))
        (local.set $cell_b (ref.cast (ref null $cons) (local.get $b)))
        (local.set $c
          (i32.sub (ref.is_null (local.get $cell_b)) (ref.is_null (local.get $cell_a))))
        (br_if $compared
          (i32.or (ref.is_null (local.get $cell_a)) (ref.is_null (local.get $cell_b))))
        (local.set $todo
          (struct.new $todo
            (struct.get $cons $tail (local.get $cell_a))
            (struct.get $cons $tail (local.get $cell_b))
            (local.get $todo)))
        (local.set $a (struct.get $cons $head (local.get $cell_a)))
        (local.set $b (struct.get $cons $head (local.get $cell_b)))
        (br $again))
        ;; $record
        (local.set $record_a (ref.cast (ref $record) (local.get $a)))
        (local.set $record_b (ref.cast (ref $record) (local.get $b)))
        (local.set $c
          (call $shape_compare
            (struct.get $record $shape (local.get $record_a))
            (struct.get $record $shape (local.get $record_b))))
        (br_if $compared (local.get $c))
        (local.set $todo
          (call $todo_fields
            (struct.get $record $fields (local.get $record_a))
            (struct.get $record $fields (local.get $record_b))
            (local.get $todo)))
        (br $compared))
        ;; $variant
        (local.set $variant_a (ref.cast (ref $variant) (local.get $a)))
        (local.set $variant_b (ref.cast (ref $variant) (local.get $b)))
        (local.set $c
          (call $label_compare
            (struct.get $variant $label (local.get $variant_a))
            (struct.get $variant $label (local.get $variant_b))))
        (br_if $compared (local.get $c))
        (local.set $a (struct.get $variant $payload (local.get $variant_a)))
        (local.set $b (struct.get $variant $payload (local.get $variant_b)))
        (br $again))
        ;; $other
        (call $panic (array.new_data $string $functions (i32.const 0) (i32.const 28)))
        (unreachable))
      ;; $compared
      (if (local.get $c)
        (then (return (local.get $c))))
      (if (ref.is_null (local.get $todo))
        (then (return (i32.const 0))))
      (local.set $a (struct.get $todo $a (local.get $todo)))
      (local.set $b (struct.get $todo $b (local.get $todo)))
      (local.set $todo (struct.get $todo $next (local.get $todo)))
      (br $again))
    (unreachable)))
