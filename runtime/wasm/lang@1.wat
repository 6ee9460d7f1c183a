;; wfxrt:lang@1: what compilers of untyped languages need beside the other modules: operations
;; that check their operands, run-time errors in words, handlers and resumptions as values.
;;
;; Values are those of value@1. An error is a panic; the program sets io@1's site in front of
;; each call here that can fail.
;;
;; Errors; none of these returns:
;;   expected     [eqref i32] -> []      "type error: expected KIND but found KIND": the value,
;;                                       and the kind wanted, by the numbers of $kind below
;;   arity        [i32 i32] -> []        a function takes so many arguments, is given so many
;;   no_function  [] -> []               what is called is no function
;;   reused       [i32] -> []            "resumption used twice"; the site, or 0: it is set
;;   unhandled    [(ref $string)] -> []  "unhandled operation NAME"
;;
;; Checked operations:
;;   integer                [eqref] -> [eqref]        the operand, which must be an integer
;;   to_i64                 [eqref] -> [i64]
;;   add sub mul quot rem   [eqref eqref] -> [eqref]  as in int@1
;;   neg                    [eqref] -> [eqref]
;;   of_i32                 [i32] -> [eqref]          unsigned
;;   chr                    [i64] -> [(ref $char)]    "not a character"
;;   fresh                  [] -> [eqref]             0, 1, 2, ...
;;   select                 [eqref (ref $label)] -> [eqref]   a field
;;   extend update          [eqref (ref $label) eqref] -> [(ref $record)]
;;   restrict               [eqref (ref $label)] -> [(ref $record)]
;;
;; Functions, handlers and resumptions:
;;
;;   $closure     struct i32                   open: the number of parameters
;;   $closure_0   sub of $closure              the code of a function without parameters,
;;                                             [(ref $closure)] -> [eqref]
;;   $delay       sub of $closure_0            the body calls a value with one argument: these
;;   $handler     struct i32 i32 (ref $drive)  open: the number of parameters; deep 0,
;;                                             shallow 1, sheep 2; the driver it is for
;;   $resumption  of the library's drivers, <wasmfx/handler.h>, with eqref for value and env;
;;                env is a $handler, or null once it was used
;;
;;   handler      [eqref] -> [(ref $handler)]          the operand, which must be a handler
;;                                                     without parameters
;;   sheep        [eqref] -> [(ref $resumption)]       the operand, which must be a resumption
;;                                                     of a sheep handler, or used already
;;   resumable    [eqref] -> [(ref null $resumption)]  a resumption that resumes under nothing,
;;                                                     of one argument, not used; else null
;;   delayed      [eqref] -> [(ref null $resumption)]  what a $delay calls, if resumable
;;   argument     [eqref] -> [eqref]                   of a $delay
;;   place        [(ref $string) (ref $string)] -> [(ref $string)]
;;                "FILE:LINE:COLUMN: error" for three 32-bit numbers (little-endian: file, line,
;;                column) and the names of files, each ended by a zero byte; "error" for line 0
(module $lang
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

  (type $closure (sub (struct (field $n_params i32))))
  (type $code_0 (func (param (ref $closure)) (result (ref null eq))))
  (type $closure_0 (sub $closure (struct (field $n_params i32) (field $code (ref $code_0)))))
  (type $delay (sub final $closure_0 (struct
    (field $n_params i32)
    (field $code (ref $code_0))
    (field $callee (ref null eq))
    (field $argument (ref null eq)))))

  (type $ft (func (param (ref null eq)) (result (ref null eq))))
  (type $ct (cont $ft))
  (type $drive (func
    (param (ref null eq)) (param (ref null eq)) (param (ref null $ct))
    (result (ref null eq))))
  (type $resumption (struct
    (field $cont (mut (ref null $ct)))
    (field $env (mut (ref null eq)))
    (field $drive (ref null $drive))))
  (type $handler (sub (struct
    (field $n_params i32)
    (field $depth i32)
    (field $drive (ref $drive)))))

  (import "wfxrt:io@1" "panic" (func $panic (param (ref $string))))
  (import "wfxrt:io@1" "site" (global $site (mut i32)))
  (import "wfxrt:string@1" "concat"
    (func $concat (param (ref $string)) (param (ref $string)) (result (ref $string))))
  (import "wfxrt:int@1" "is" (func $int_is (param (ref null eq)) (result i32)))
  (import "wfxrt:int@1" "to_i64" (func $int_to_i64 (param (ref null eq)) (result i64)))
  (import "wfxrt:int@1" "of_i64" (func $int_of_i64 (param i64) (result (ref null eq))))
  (import "wfxrt:int@1" "to_string"
    (func $int_to_string (param (ref null eq)) (result (ref $string))))
  (import "wfxrt:int@1" "add"
    (func $int_add (param (ref null eq)) (param (ref null eq)) (result (ref null eq))))
  (import "wfxrt:int@1" "sub"
    (func $int_sub (param (ref null eq)) (param (ref null eq)) (result (ref null eq))))
  (import "wfxrt:int@1" "mul"
    (func $int_mul (param (ref null eq)) (param (ref null eq)) (result (ref null eq))))
  (import "wfxrt:int@1" "quot"
    (func $int_quot (param (ref null eq)) (param (ref null eq)) (result (ref null eq))))
  (import "wfxrt:int@1" "rem"
    (func $int_rem (param (ref null eq)) (param (ref null eq)) (result (ref null eq))))
  (import "wfxrt:value@1" "find"
    (func $value_find (param (ref $shape)) (param (ref $label)) (result i32)))
  (import "wfxrt:value@1" "extend"
    (func $value_extend
      (param (ref $record)) (param (ref $label)) (param (ref null eq))
      (result (ref null $record))))
  (import "wfxrt:value@1" "update"
    (func $value_update
      (param (ref $record)) (param (ref $label)) (param (ref null eq))
      (result (ref null $record))))
  (import "wfxrt:value@1" "restrict"
    (func $value_restrict
      (param (ref $record)) (param (ref $label)) (result (ref null $record))))

  (global $next (mut i64) (i64.const 0))

  ;; Names of kinds, 11 bytes each.
  (data $kinds "an integer a float    a charactera boolean  a string   a list     a record   "
    "a variant  a function ()         ")
  (data $expected "type error: expected  but found ")
  (data $arity "this function takes  argument but is given s")
  (data $no_function "type error: this is not a function")
  (data $reused "resumption used twice")
  (data $unhandled "unhandled operation ")
  (data $not_char "not a character")
  (data $no_field "type error: expected a record with the field ")
  (data $has_field "type error: the record has already the field ")
  (data $lacks_field "type error: the record lacks the field ")
  (data $no_handler "type error: expected a handler after 'with'")
  (data $no_sheep "type error: this is not a resumption of a sheep handler")
  (data $error "error")
  (data $colon ": ")

  ;; ---- Errors

  ;; 0 integer, 1 float, 2 character, 3 boolean, 4 string, 5 list, 6 record, 7 variant,
  ;; 8 function, 9 the unit value. ORDER KIND
  (func $kind (param $x (ref null eq)) (result i32)
    (if (call $int_is (local.get $x)) (then (return (i32.const 0))))
    (if (ref.test (ref $float) (local.get $x)) (then (return (i32.const 1))))
    (if (ref.test (ref $char) (local.get $x)) (then (return (i32.const 2))))
    (if (ref.test (ref $bool) (local.get $x)) (then (return (i32.const 3))))
    (if (ref.test (ref $string) (local.get $x)) (then (return (i32.const 4))))
    (if (ref.test (ref null $cons) (local.get $x)) (then (return (i32.const 5))))
    (if (ref.test (ref $record) (local.get $x))
      (then
        (return
          (select (i32.const 6) (i32.const 9)
            (array.len (struct.get $record $fields (ref.cast (ref $record) (local.get $x))))))))
    (if (ref.test (ref $variant) (local.get $x)) (then (return (i32.const 7))))
    (i32.const 8))

  (func $kind_name (param $kind i32) (result (ref $string))
    (local $n i32)
    (local $name (ref $string))
    (local.set $name
      (array.new_data $string $kinds (i32.mul (local.get $kind) (i32.const 11)) (i32.const 11)))
    (local.set $n (i32.const 11))
    (loop $blanks
      (if (i32.eq
            (array.get_u $string (local.get $name) (i32.sub (local.get $n) (i32.const 1)))
            (i32.const 32))
        (then
          (local.set $n (i32.sub (local.get $n) (i32.const 1)))
          (br $blanks))))
    (array.new_data $string $kinds (i32.mul (local.get $kind) (i32.const 11)) (local.get $n)))

  (func $expected (export "expected") (param $found (ref null eq)) (param $kind i32)
    (call $panic
      (call $concat
        (call $concat
          (array.new_data $string $expected (i32.const 0) (i32.const 21))
          (call $kind_name (local.get $kind)))
        (call $concat
          (array.new_data $string $expected (i32.const 21) (i32.const 11))
          (call $kind_name (call $kind (local.get $found))))))
    (unreachable))

  (func $number (param $n i32) (result (ref $string))
    (return_call $int_to_string (call $of_i32 (local.get $n))))

  (func (export "arity") (param $takes i32) (param $given i32)
    (call $panic
      (call $concat
        (call $concat
          (call $concat
            (array.new_data $string $arity (i32.const 0) (i32.const 20))
            (call $number (local.get $takes)))
          (call $concat
            (array.new_data $string $arity (i32.const 20) (i32.const 9))
            (array.new_data $string $arity
              (i32.const 43) (i32.ne (local.get $takes) (i32.const 1)))))
        (call $concat
          (array.new_data $string $arity (i32.const 29) (i32.const 14))
          (call $number (local.get $given)))))
    (unreachable))

  (func (export "no_function")
    (call $panic (array.new_data $string $no_function (i32.const 0) (i32.const 34)))
    (unreachable))

  (func (export "reused") (param $where i32)
    (if (local.get $where)
      (then (global.set $site (local.get $where))))
    (call $panic (array.new_data $string $reused (i32.const 0) (i32.const 21)))
    (unreachable))

  (func (export "unhandled") (param $name (ref $string))
    (call $panic
      (call $concat
        (array.new_data $string $unhandled (i32.const 0) (i32.const 20)) (local.get $name)))
    (unreachable))

  ;; ---- Integers and characters

  (func $integer (export "integer") (param $x (ref null eq)) (result (ref null eq))
    (if (i32.eqz (call $int_is (local.get $x)))
      (then (call $expected (local.get $x) (i32.const 0))))
    (local.get $x))

  (func $to_i64 (export "to_i64") (param $x (ref null eq)) (result i64)
    (return_call $int_to_i64 (call $integer (local.get $x))))
  (func (export "add") (param $x (ref null eq)) (param $y (ref null eq)) (result (ref null eq))
    (return_call $int_add (call $integer (local.get $x)) (call $integer (local.get $y))))
  (func $sub (export "sub") (param $x (ref null eq)) (param $y (ref null eq))
      (result (ref null eq))
    (return_call $int_sub (call $integer (local.get $x)) (call $integer (local.get $y))))
  (func (export "mul") (param $x (ref null eq)) (param $y (ref null eq)) (result (ref null eq))
    (return_call $int_mul (call $integer (local.get $x)) (call $integer (local.get $y))))
  (func (export "quot") (param $x (ref null eq)) (param $y (ref null eq)) (result (ref null eq))
    (return_call $int_quot (call $integer (local.get $x)) (call $integer (local.get $y))))
  (func (export "rem") (param $x (ref null eq)) (param $y (ref null eq)) (result (ref null eq))
    (return_call $int_rem (call $integer (local.get $x)) (call $integer (local.get $y))))
  (func (export "neg") (param $x (ref null eq)) (result (ref null eq))
    (return_call $int_sub (ref.i31 (i32.const 0)) (call $integer (local.get $x))))

  (func $of_i32 (export "of_i32") (param $n i32) (result (ref null eq))
    (return_call $int_of_i64 (i64.extend_i32_u (local.get $n))))

  (func (export "chr") (param $x i64) (result (ref $char))
    ;; Code points are those up to 0x10ffff, but for the surrogates.
    (if (i32.or
          (i64.gt_u (local.get $x) (i64.const 0x10ffff))
          (i64.eq
            (i64.and (local.get $x) (i64.const 0x1ff800)) (i64.const 0xd800)))
      (then
        (call $panic (array.new_data $string $not_char (i32.const 0) (i32.const 15)))))
    (struct.new $char (i32.wrap_i64 (local.get $x))))

  (func (export "fresh") (result (ref null eq))
    (global.set $next (i64.add (global.get $next) (i64.const 1)))
    (return_call $int_of_i64 (i64.sub (global.get $next) (i64.const 1))))

  ;; ---- Records

  (func $to_record (param $x (ref null eq)) (result (ref $record))
    (block $record (result (ref $record))
      (br_on_cast $record (ref null eq) (ref $record) (local.get $x))
      (call $expected (i32.const 6))
      (unreachable)))

  ;; Panic with a message that ends in the name of a label.
  (func $fail_field (param $message (ref $string)) (param $l (ref $label))
    (call $panic
      (call $concat (local.get $message) (struct.get $label $name (local.get $l))))
    (unreachable))

  (func (export "select") (param $x (ref null eq)) (param $l (ref $label))
      (result (ref null eq))
    (local $r (ref $record))
    (local $i i32)
    (block $absent
      (block $other (result (ref null eq))
        (local.set $r
          (br_on_cast_fail $other (ref null eq) (ref $record) (local.get $x)))
        (local.set $i
          (call $value_find (struct.get $record $shape (local.get $r)) (local.get $l)))
        (br_if $absent (i32.lt_s (local.get $i) (i32.const 0)))
        (return (array.get $fields (struct.get $record $fields (local.get $r)) (local.get $i))))
      (drop))
    (call $fail_field
      (array.new_data $string $no_field (i32.const 0) (i32.const 45)) (local.get $l))
    (unreachable))

  (func (export "extend") (param $x (ref null eq)) (param $l (ref $label))
      (param $value (ref null eq)) (result (ref $record))
    (block $done (result (ref $record))
      (br_on_non_null $done
        (call $value_extend
          (call $to_record (local.get $x)) (local.get $l) (local.get $value)))
      (call $fail_field
        (array.new_data $string $has_field (i32.const 0) (i32.const 45)) (local.get $l))
      (unreachable)))

  (func (export "update") (param $x (ref null eq)) (param $l (ref $label))
      (param $value (ref null eq)) (result (ref $record))
    (block $done (result (ref $record))
      (br_on_non_null $done
        (call $value_update
          (call $to_record (local.get $x)) (local.get $l) (local.get $value)))
      (call $fail_field
        (array.new_data $string $lacks_field (i32.const 0) (i32.const 39)) (local.get $l))
      (unreachable)))

  (func (export "restrict") (param $x (ref null eq)) (param $l (ref $label))
      (result (ref $record))
    (block $done (result (ref $record))
      (br_on_non_null $done
        (call $value_restrict (call $to_record (local.get $x)) (local.get $l)))
      (call $fail_field
        (array.new_data $string $lacks_field (i32.const 0) (i32.const 39)) (local.get $l))
      (unreachable)))

  ;; ---- Handlers and resumptions

  (func (export "handler") (param $x (ref null eq)) (result (ref $handler))
    (local $h (ref $handler))
    (block $other (result (ref null eq))
      (local.set $h
        (br_on_cast_fail $other (ref null eq) (ref $handler) (local.get $x)))
      (if (i32.eqz (struct.get $handler $n_params (local.get $h)))
        (then (return (local.get $h))))
      (local.get $x))
    (drop)
    (call $panic (array.new_data $string $no_handler (i32.const 0) (i32.const 43)))
    (unreachable))

  (func $depth (param $r (ref $resumption)) (result i32)
    (struct.get $handler $depth
      (ref.cast (ref $handler) (struct.get $resumption $env (local.get $r)))))

  (func (export "sheep") (param $x (ref null eq)) (result (ref $resumption))
    (local $r (ref $resumption))
    (block $other (result (ref null eq))
      (local.set $r
        (br_on_cast_fail $other (ref null eq) (ref $resumption) (local.get $x)))
      (if (ref.is_null (struct.get $resumption $cont (local.get $r)))
        (then (return (local.get $r))))
      (if (i32.eq (call $depth (local.get $r)) (i32.const 2))
        (then (return (local.get $r))))
      (local.get $x))
    (drop)
    (call $panic (array.new_data $string $no_sheep (i32.const 0) (i32.const 55)))
    (unreachable))

  (func $resumable (export "resumable") (param $x (ref null eq))
      (result (ref null $resumption))
    (local $r (ref $resumption))
    (block $other (result (ref null eq))
      (local.set $r
        (br_on_cast_fail $other (ref null eq) (ref $resumption) (local.get $x)))
      (if (ref.is_null (struct.get $resumption $cont (local.get $r)))
        (then (return (ref.null $resumption))))
      (if (i32.ne (call $depth (local.get $r)) (i32.const 1))
        (then (return (ref.null $resumption))))
      (if (struct.get $handler $n_params
            (ref.cast (ref $handler) (struct.get $resumption $env (local.get $r))))
        (then (return (ref.null $resumption))))
      (return (local.get $r)))
    (drop)
    (ref.null $resumption))

  (func (export "delayed") (param $x (ref null eq)) (result (ref null $resumption))
    (block $other (result (ref null eq))
      (return_call $resumable
        (struct.get $delay $callee
          (br_on_cast_fail $other (ref null eq) (ref $delay) (local.get $x)))))
    (drop)
    (ref.null $resumption))

  (func (export "argument") (param $x (ref null eq)) (result (ref null eq))
    (struct.get $delay $argument (ref.cast (ref $delay) (local.get $x))))

  ;; ---- Places

  (func $word (param $bytes (ref $string)) (param $at i32) (result i32)
    (local $i i32)
    (local $word i32)
    (loop $more
      (local.set $word
        (i32.or
          (local.get $word)
          (i32.shl
            (array.get_u $string
              (local.get $bytes) (i32.add (local.get $at) (local.get $i)))
            (i32.shl (local.get $i) (i32.const 3)))))
      (local.set $i (i32.add (local.get $i) (i32.const 1)))
      (br_if $more (i32.lt_u (local.get $i) (i32.const 4))))
    (local.get $word))

  ;; The name of a number; the empty one behind the last.
  (func $name (param $names (ref $string)) (param $number i32) (result (ref $string))
    (local $at i32)
    (local $start i32)
    (local $name (ref $string))
    (block $end
      (loop $bytes
        (br_if $end (i32.eq (local.get $at) (array.len (local.get $names))))
        (if (i32.eqz (array.get_u $string (local.get $names) (local.get $at)))
          (then
            (br_if $end (i32.eqz (local.get $number)))
            (local.set $number (i32.sub (local.get $number) (i32.const 1)))
            (local.set $start (i32.add (local.get $at) (i32.const 1)))))
        (local.set $at (i32.add (local.get $at) (i32.const 1)))
        (br $bytes)))
    (local.set $name
      (array.new_default $string (i32.sub (local.get $at) (local.get $start))))
    (array.copy $string $string
      (local.get $name) (i32.const 0)
      (local.get $names) (local.get $start) (i32.sub (local.get $at) (local.get $start)))
    (local.get $name))

  (func (export "place") (param $place (ref $string)) (param $names (ref $string))
      (result (ref $string))
    (local $colon (ref $string))
    (if (i32.eqz (call $word (local.get $place) (i32.const 4)))
      (then (return (array.new_data $string $error (i32.const 0) (i32.const 5)))))
    (local.set $colon (array.new_data $string $colon (i32.const 0) (i32.const 1)))
    (return_call $concat
      (call $concat
        (call $concat
          (call $name (local.get $names) (call $word (local.get $place) (i32.const 0)))
          (local.get $colon))
        (call $concat
          (call $number (call $word (local.get $place) (i32.const 4)))
          (local.get $colon)))
      (call $concat
        (call $number (call $word (local.get $place) (i32.const 8)))
        (call $concat
          (array.new_data $string $colon (i32.const 0) (i32.const 2))
          (array.new_data $string $error (i32.const 0) (i32.const 5)))))))
