;; Strings and lists: code points of every length, slices, numbers from text.
;; expect: aé€😀z 5
;; expect: ["é€😀", "", "z", "aé€😀z"]
;; expect: ['a', 'é', '€', '😀', 'z'] "aé€😀z"
;; expect: [-1, 0, 1, 0, 1]
;; expect: [9223372036854775807, -9223372036854775808, 0, 1]
;; expect: [12.5, 0.1, 1e+100, 5e-324, 0]
;; expect: [3, 2, 1, 1, 2, 3] [1, 2] [3] 3
(module
  (type $string (array (mut i8)))
  (type $float (struct (field f64)))
  (type $cons (struct
    (field $head (ref null eq))
    (field $tail (mut (ref null $cons)))))
  (import "wfxrt:io@1" "memory" (memory 1))
  (import "wfxrt:io@1" "print" (func $print (param (ref $string))))
  (import "wfxrt:show@1" "show" (func $show (param (ref null eq)) (result (ref $string))))
  (import "wfxrt:string@1" "length" (func $length (param (ref $string)) (result i32)))
  (import "wfxrt:string@1" "slice"
    (func $slice (param (ref $string)) (param i32) (param i32) (result (ref $string))))
  (import "wfxrt:string@1" "explode" (func $explode (param (ref $string))
    (result (ref null $cons))))
  (import "wfxrt:string@1" "implode" (func $implode (param (ref null $cons))
    (result (ref $string))))
  (import "wfxrt:string@1" "compare"
    (func $compare (param (ref $string)) (param (ref $string)) (result i32)))
  (import "wfxrt:string@1" "equal"
    (func $equal (param (ref $string)) (param (ref $string)) (result i32)))
  (import "wfxrt:string@1" "concat"
    (func $concat (param (ref $string)) (param (ref $string)) (result (ref $string))))
  (import "wfxrt:string@1" "parse_int" (func $parse_int (param (ref $string))
    (result (ref null eq))))
  (import "wfxrt:string@1" "is_int" (func $is_int (param (ref $string)) (result i32)))
  (import "wfxrt:string@1" "parse_float" (func $parse_float (param (ref $string)) (result f64)))
  (import "wfxrt:string@1" "is_float" (func $is_float (param (ref $string)) (result i32)))
  (import "wfxrt:list@1" "append"
    (func $append (param (ref null $cons)) (param (ref null $cons)) (result (ref null $cons))))
  (import "wfxrt:list@1" "reverse" (func $reverse (param (ref null $cons))
    (result (ref null $cons))))
  (import "wfxrt:list@1" "take"
    (func $take (param (ref null $cons)) (param i32) (result (ref null $cons))))
  (import "wfxrt:list@1" "drop"
    (func $drop (param (ref null $cons)) (param i32) (result (ref null $cons))))
  (import "wfxrt:list@1" "length" (func $list_length (param (ref null $cons)) (result i32)))
  (import "wfxrt:list@1" "range"
    (func $range (param (ref null eq)) (param (ref null eq)) (result (ref null $cons))))
  (export "memory" (memory 0))

  (data $text "aé€😀z \0a9223372036854775807-922337203685477580812.50.11e1004.94e-324--1")

  (func $part (param $at i32) (param $n i32) (result (ref $string))
    (array.new_data $string $text (local.get $at) (local.get $n)))
  (func $sample (result (ref $string)) (call $part (i32.const 0) (i32.const 11)))
  (func $blank (call $print (call $part (i32.const 11) (i32.const 1))))
  (func $line (call $print (call $part (i32.const 12) (i32.const 1))))
  (func $say (param $x (ref null eq)) (call $print (call $show (local.get $x))))
  (func $cons (param $x (ref null eq)) (param $rest (ref null $cons)) (result (ref null $cons))
    (struct.new $cons (local.get $x) (local.get $rest)))
  (func $cons_i32 (param $x i32) (param $rest (ref null $cons)) (result (ref null $cons))
    (struct.new $cons (ref.i31 (local.get $x)) (local.get $rest)))
  (func $cons_float (param $x f64) (param $rest (ref null $cons)) (result (ref null $cons))
    (struct.new $cons (struct.new $float (local.get $x)) (local.get $rest)))
  (func $numbers (result (ref null $cons))
    (call $range (ref.i31 (i32.const 1)) (ref.i31 (i32.const 3))))

  (func (export "_start")
    (call $print (call $sample))
    (call $blank)
    (call $say (ref.i31 (call $length (call $sample))))
    (call $line)
    (call $say
      (call $cons (call $slice (call $sample) (i32.const 1) (i32.const 3))
        (call $cons (call $slice (call $sample) (i32.const 9) (i32.const 3))
          (call $cons (call $slice (call $sample) (i32.const 4) (i32.const 0x7fffffff))
            (call $cons (call $slice (call $sample) (i32.const -2) (i32.const 99))
              (ref.null $cons))))))
    (call $line)
    (call $say (call $explode (call $sample)))
    (call $blank)
    (call $say (call $implode (call $explode (call $sample))))
    (call $line)
    (call $say
      (call $cons_i32 (call $compare (call $part (i32.const 0) (i32.const 1)) (call $sample))
        (call $cons_i32 (call $compare (call $sample) (call $sample))
          (call $cons_i32
            (call $compare (call $sample) (call $part (i32.const 11) (i32.const 1)))
            (call $cons_i32
              (call $equal (call $sample) (call $part (i32.const 0) (i32.const 10)))
              (call $cons_i32
                (call $equal (call $sample)
                  (call $concat
                    (call $part (i32.const 0) (i32.const 3))
                    (call $part (i32.const 3) (i32.const 8))))
                (ref.null $cons)))))))
    (call $line)
    (call $say
      (call $cons (call $parse_int (call $part (i32.const 13) (i32.const 19)))
        (call $cons (call $parse_int (call $part (i32.const 32) (i32.const 20)))
          (call $cons_i32 (call $is_int (call $part (i32.const 73) (i32.const 3)))
            (call $cons_i32 (call $is_int (call $part (i32.const 74) (i32.const 2)))
              (ref.null $cons))))))
    (call $line)
    (call $say
      (call $cons_float (call $parse_float (call $part (i32.const 52) (i32.const 4)))
        (call $cons_float (call $parse_float (call $part (i32.const 56) (i32.const 3)))
          (call $cons_float (call $parse_float (call $part (i32.const 59) (i32.const 5)))
            (call $cons_float (call $parse_float (call $part (i32.const 64) (i32.const 9)))
              (call $cons_i32 (call $is_float (call $part (i32.const 73) (i32.const 3)))
                (ref.null $cons)))))))
    (call $line)
    (call $say (call $append (call $reverse (call $numbers)) (call $numbers)))
    (call $blank)
    (call $say (call $take (call $numbers) (i32.const 2)))
    (call $blank)
    (call $say (call $drop (call $numbers) (i32.const 2)))
    (call $blank)
    (call $say (ref.i31 (call $list_length (call $numbers))))
    (call $line)))
