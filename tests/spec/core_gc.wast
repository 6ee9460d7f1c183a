;; Rules of WebAssembly 3.0 that the official scripts leave untried: types, structures, arrays, casts.

;; ---- Types ----

(assert_invalid (module (type (func (param (ref 4))))) "unknown type")
(assert_invalid (module (type (func (param (ref 1))))) "unknown type")
(assert_invalid (module (type (func (param (ref 900000))))) "unknown type")
(assert_invalid (module (type (func (result (ref null 4))))) "unknown type")
(assert_invalid (module (type (struct (field i32 (ref 4))))) "unknown type")
(assert_invalid (module (type (array (ref 4)))) "unknown type")
(assert_invalid (module (type (func (param (ref 1)))) (type (func))) "unknown type")
(assert_invalid (module (rec (type (struct (field (ref 2)))) (type (func))) (type (func)))
  "unknown type")
(assert_invalid (module (type (sub 4 (struct)))) "unknown type")
(assert_invalid (module (rec (type $a (sub $b (struct))) (type $b (sub (struct)))))
  "unknown type")
(assert_invalid (module (rec (type $a (sub $a (struct))))) "unknown type")
(module
  (rec (type $a (sub (struct (field (ref null $b))))) (type $b (sub $a (struct (field (ref null $b)))))))
(assert_invalid (module (type $a (struct)) (type (sub $a (struct)))) "sub type")
(assert_invalid (module (type $a (sub (struct))) (type (sub $a (array i32)))) "sub type")
(assert_invalid (module (type $a (sub (func))) (type (sub $a (struct)))) "sub type")
;; Functions: contravariant, covariant, of one arity.
(module
  (type $f (sub (func (param structref) (result anyref))))
  (type (sub $f (func (param anyref) (result structref)))))
(assert_invalid
  (module (type $f (sub (func (param anyref)))) (type (sub $f (func (param structref)))))
  "sub type")
(assert_invalid
  (module (type $f (sub (func (result structref)))) (type (sub $f (func (result anyref)))))
  "sub type")
(assert_invalid
  (module (type $f (sub (func (param i32)))) (type (sub $f (func (param i32 i32)))))
  "sub type")
(assert_invalid
  (module (type $f (sub (func (result i32)))) (type (sub $f (func (result i32 i32)))))
  "sub type")
;; Fields: as many or more; mutable ones equal, others smaller, of equal mutability.
(module
  (type $s (sub (struct (field anyref) (field (mut anyref)) (field i8))))
  (type (sub $s (struct (field (ref eq)) (field (mut anyref)) (field i8) (field f64))))
  (type $a (sub (array anyref)))
  (type (sub $a (array eqref)))
  (type $p (struct)) (type $q (struct))
  (type $m (sub (array (mut (ref $p)))))
  (type (sub $m (array (mut (ref $q))))))
(assert_invalid
  (module (type $s (sub (struct (field i32 i32)))) (type (sub $s (struct (field i32)))))
  "sub type")
(assert_invalid
  (module (type $s (sub (struct (field i32 i32 i32 i32)))) (type (sub $s (struct (field i32 i32))))
    (type (struct (field i32 i32))))
  "sub type")
(assert_invalid
  (module (type $s (sub (struct (field eqref)))) (type (sub $s (struct (field anyref)))))
  "sub type")
(assert_invalid
  (module (type $s (sub (struct (field (mut anyref)))))
    (type (sub $s (struct (field (mut eqref))))))
  "sub type")
(assert_invalid
  (module (type $s (sub (struct (field (mut eqref)))))
    (type (sub $s (struct (field (mut anyref))))))
  "sub type")
(assert_invalid
  (module (type $s (sub (struct (field (mut i32))))) (type (sub $s (struct (field i32)))))
  "sub type")
(assert_invalid
  (module (type $s (sub (struct (field i32)))) (type (sub $s (struct (field (mut i32))))))
  "sub type")
(assert_invalid
  (module (type $s (sub (struct (field i8)))) (type (sub $s (struct (field i16)))))
  "sub type")
(assert_invalid
  (module (type $s (sub (struct (field i32)))) (type (sub $s (struct (field i8)))))
  "sub type")
(assert_invalid
  (module (type $a (sub (array (mut i32)))) (type (sub $a (array (mut i64))))) "sub type")

;; ---- Null, casts, conversions ----

(assert_invalid (module (func (drop (ref.null 4)))) "unknown type")
(assert_invalid (module (func (param anyref) (drop (ref.test (ref 4) (local.get 0)))))
  "unknown type")
(assert_invalid (module (func (param anyref) (drop (ref.cast (ref null 4) (local.get 0)))))
  "unknown type")
(module
  (type $s (struct))
  (func (result nullref) (ref.null none))
  (func (result (ref null $s)) (ref.null $s))
  (func (param anyref) (result (ref struct)) (ref.cast (ref struct) (local.get 0)))
  (func (param anyref) (result structref) (ref.cast structref (local.get 0)))
  (func (param anyref) (result i32) (ref.test (ref struct) (local.get 0)))
  (func (param anyref) (result i32) (ref.test structref (local.get 0)))
  (func (param funcref) (result i32) (ref.test (ref nofunc) (local.get 0)))
  (func (param externref) (result i32) (ref.test (ref extern) (local.get 0)))
  (func (param exnref) (result i32) (ref.test (ref exn) (local.get 0)))
  (func (param eqref) (result anyref) (ref.cast anyref (local.get 0)))
  (func (param externref) (result anyref) (any.convert_extern (local.get 0)))
  (func (param (ref extern)) (result (ref any)) (any.convert_extern (local.get 0)))
  (func (param anyref) (result externref) (extern.convert_any (local.get 0)))
  (func (param (ref struct)) (result (ref extern)) (extern.convert_any (local.get 0)))
  (func (result (ref extern)) (unreachable) (extern.convert_any))
  (func (result (ref any)) (unreachable) (any.convert_extern))
)
(assert_invalid
  (module (func (param anyref) (result (ref struct)) (ref.cast structref (local.get 0))))
  "type mismatch")
(assert_invalid (module (func (result (ref none)) (ref.null none))) "type mismatch")
(assert_invalid (module (func (param externref) (drop (ref.cast structref (local.get 0)))))
  "type mismatch: expected (ref null any), found (ref null extern)")
(assert_invalid (module (func (param funcref) (drop (ref.test structref (local.get 0)))))
  "type mismatch: expected (ref null any), found (ref null func)")
(assert_invalid
  (module (func (param externref) (result (ref any)) (any.convert_extern (local.get 0))))
  "type mismatch")
(assert_invalid
  (module (func (param anyref) (result (ref extern)) (extern.convert_any (local.get 0))))
  "type mismatch")
(assert_invalid (module (func (param anyref) (drop (any.convert_extern (local.get 0)))))
  "type mismatch: expected (ref null extern), found (ref null any)")
(assert_invalid (module (func (param externref) (drop (extern.convert_any (local.get 0)))))
  "type mismatch: expected (ref null any), found (ref null extern)")
;; A conversion takes its operand from its own block only.
(assert_invalid
  (module (func (param externref) (result anyref)
    (local.get 0) (block (result anyref) (any.convert_extern)) (return)))
  "type mismatch: expected (ref null extern), found nothing")
(module (func (param externref) (result (ref any) externref)
  (local.get 0) (block (unreachable) (return (any.convert_extern) (ref.null extern)))
  (drop) (unreachable)))
(assert_invalid (module (func (param anyref) (drop (ref.eq (local.get 0) (ref.null eq)))))
  "type mismatch: expected (ref null eq), found (ref null any)")
(assert_invalid (module (func (param anyref) (drop (ref.eq (ref.null eq) (local.get 0)))))
  "type mismatch: expected (ref null eq), found (ref null any)")
(module
  (func (result (ref i31)) (ref.i31 (i32.const 0)))
  (func (param i31ref) (result i32) (i31.get_u (local.get 0))))
(assert_invalid (module (func (drop (ref.i31 (i64.const 0)))))
  "type mismatch: expected i32, found i64")
(assert_invalid (module (func (param eqref) (drop (i31.get_s (local.get 0)))))
  "type mismatch: expected (ref null i31), found (ref null eq)")

;; ---- Structures ----

(module
  (type $s (struct (field (mut i32)) (field i8) (field (mut i16)) (field f64)))
  (type $e (struct))
  (type $9 (struct (field i32 i32 i32 i32 i32 i32 i32 i64 f32)))
  (type $8 (struct (field i32 i32 i32 i32 i32 i32 i32 f32)))
  (func (result (ref $s))
    (struct.new $s (i32.const 0) (i32.const 0) (i32.const 0) (f64.const 0)))
  (func (result (ref $e)) (struct.new $e))
  (func (result (ref $s)) (struct.new_default $s))
  (func (result (ref $9))
    (struct.new $9 (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0)
      (i32.const 0) (i32.const 0) (i64.const 0) (f32.const 0)))
  (func (result (ref $8))
    (struct.new $8 (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0)
      (i32.const 0) (i32.const 0) (f32.const 0)))
  (type $64 (struct (field i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32
    i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32
    i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32
    i32 i32 i32 i32 i32 f32)))
  (func (param i32) (result (ref $64)) (struct.new $64 (local.get 0) (local.get 0)
      (local.get 0) (local.get 0) (local.get 0) (local.get 0) (local.get 0) (local.get 0)
      (local.get 0) (local.get 0) (local.get 0) (local.get 0) (local.get 0) (local.get 0)
      (local.get 0) (local.get 0) (local.get 0) (local.get 0) (local.get 0) (local.get 0)
      (local.get 0) (local.get 0) (local.get 0) (local.get 0) (local.get 0) (local.get 0)
      (local.get 0) (local.get 0) (local.get 0) (local.get 0) (local.get 0) (local.get 0)
      (local.get 0) (local.get 0) (local.get 0) (local.get 0) (local.get 0) (local.get 0)
      (local.get 0) (local.get 0) (local.get 0) (local.get 0) (local.get 0) (local.get 0)
      (local.get 0) (local.get 0) (local.get 0) (local.get 0) (local.get 0) (local.get 0)
      (local.get 0) (local.get 0) (local.get 0) (local.get 0) (local.get 0) (local.get 0)
      (local.get 0) (local.get 0) (local.get 0) (local.get 0) (local.get 0) (local.get 0)
      (local.get 0) (f32.const 0)))
  (func (param (ref null $s)) (result f64) (struct.get $s 3 (local.get 0)))
  (func (param (ref null $s)) (result i32) (struct.get_u $s 1 (local.get 0)))
  (func (param (ref null $s)) (result i32) (struct.get_s $s 2 (local.get 0)))
  (func (param (ref null $s)) (struct.set $s 2 (local.get 0) (i32.const 0)))
)
(assert_invalid (module (func (drop (struct.new 9)))) "unknown type")
(assert_invalid (module (type $a (array i32)) (func (drop (struct.new $a))))
  "non-structure type")
(assert_invalid (module (type $s (struct (field i32))) (func (drop (struct.new $s))))
  "type mismatch: expected i32, found nothing")
(assert_invalid
  (module (type $s (struct (field i8))) (func (drop (struct.new $s (i64.const 0)))))
  "type mismatch: expected i32, found i64")
(assert_invalid
  (module (type $9 (struct (field i32 i32 i32 i32 i32 i32 i32 i64 f32)))
    (func (drop (struct.new $9 (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0)
      (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0) (f32.const 0)))))
  "type mismatch: expected i64, found i32")
(assert_invalid
  (module (type $s (struct (field (ref any)))) (func (drop (struct.new_default $s))))
  "type mismatch: field 0 has no default")
(assert_invalid (module (type $s (struct)) (func (param (ref $s)) (struct.get $s 0 (local.get 0)) (drop)))
  "unknown field")
(assert_invalid
  (module (type $s (struct (field (mut i32))))
    (func (param (ref $s)) (struct.set $s 1 (local.get 0) (i32.const 0))))
  "unknown field")
(assert_invalid
  (module (type $f (func)) (func (unreachable) (struct.get $f 0) (drop))) "non-structure type")
(assert_invalid
  (module (type $s (struct (field i8))) (func (param (ref $s)) (drop (struct.get $s 0 (local.get 0)))))
  "type mismatch: the field is packed")
(assert_invalid
  (module (type $s (struct (field i32)))
    (func (param (ref $s)) (drop (struct.get_s $s 0 (local.get 0)))))
  "type mismatch: the field is not packed")
(assert_invalid
  (module (type $s (struct (field i32)))
    (func (param (ref $s)) (struct.set $s 0 (local.get 0) (i32.const 0))))
  "immutable field")
(assert_invalid
  (module (type $s (struct (field (mut i32))))
    (func (param (ref $s)) (struct.set $s 0 (local.get 0) (i64.const 0))))
  "type mismatch: expected i32, found i64")
(assert_invalid
  (module (type $s (struct (field (mut i32))))
    (func (param structref) (struct.set $s 0 (local.get 0) (i32.const 0))))
  "type mismatch: expected (ref null $s), found (ref null struct)")
(assert_invalid
  (module (type $s (struct (field i32)))
    (func (param structref) (drop (struct.get $s 0 (local.get 0)))))
  "type mismatch: expected (ref null $s), found (ref null struct)")

;; ---- Arrays ----

(module
  (type $i (array (mut i32))) (type $b (array (mut i8))) (type $r (array (mut eqref)))
  (type $const (array i32)) (type $f (array (mut f64))) (type $s (array (mut structref)))
  (data $d "abcd") (elem $e structref (ref.null none))
  (func (result (ref $i)) (array.new $i (i32.const 0) (i32.const 0)))
  (func (result (ref $b)) (array.new $b (i32.const 0) (i32.const 0)))
  (func (result (ref $r)) (array.new_default $r (i32.const 0)))
  (func (result (ref $f)) (array.new_fixed $f 2 (f64.const 0) (f64.const 0)))
  (func (result (ref $f)) (array.new_fixed $f 0))
  (func (result (ref $b)) (array.new_data $b $d (i32.const 0) (i32.const 0)))
  (func (result (ref $f)) (array.new_data $f $d (i32.const 0) (i32.const 0)))
  (func (result (ref $r)) (array.new_elem $r $e (i32.const 0) (i32.const 0)))
  (func (param (ref null $i)) (result i32) (array.get $i (local.get 0) (i32.const 0)))
  (func (param (ref null $b)) (result i32) (array.get_s $b (local.get 0) (i32.const 0)))
  (func (param (ref null $b)) (array.set $b (local.get 0) (i32.const 0) (i32.const 0)))
  (func (param (ref null $f))
    (array.fill $f (local.get 0) (i32.const 0) (f64.const 0) (i32.const 0)))
  (func (param arrayref) (result i32) (array.len (local.get 0)))
  (func (param (ref null $r) (ref null $s))
    (array.copy $r $s (local.get 0) (i32.const 0) (local.get 1) (i32.const 0) (i32.const 0)))
  (func (param (ref null $b))
    (array.copy $b $b (local.get 0) (i32.const 0) (local.get 0) (i32.const 0) (i32.const 0)))
  (func (param (ref null $i) (ref null $const))
    (array.copy $i $const (local.get 0) (i32.const 0) (local.get 1) (i32.const 0) (i32.const 0)))
  (func (param (ref null $b))
    (array.init_data $b $d (local.get 0) (i32.const 0) (i32.const 0) (i32.const 0)))
  (func (param (ref null $r))
    (array.init_elem $r $e (local.get 0) (i32.const 0) (i32.const 0) (i32.const 0)))
)
;; The type is there and is an array type.
(assert_invalid (module (func (unreachable) (array.new 9) (drop))) "unknown type")
(assert_invalid (module (type $s (struct)) (func (unreachable) (array.new $s) (drop)))
  "non-array type")
(assert_invalid (module (type $s (struct)) (func (unreachable) (array.new_default $s) (drop)))
  "non-array type")
(assert_invalid (module (type $s (struct)) (func (unreachable) (array.get $s) (drop)))
  "non-array type")
(assert_invalid (module (func (unreachable) (array.get 9) (drop))) "unknown type")
(assert_invalid (module (type $s (struct)) (func (unreachable) (array.set $s)))
  "non-array type")
(assert_invalid (module (type $s (struct)) (func (unreachable) (array.fill $s)))
  "non-array type")
(assert_invalid
  (module (type $a (array (mut i32))) (type $s (struct))
    (func (unreachable) (array.copy $s $a)))
  "non-array type")
(assert_invalid
  (module (type $a (array (mut i32))) (type $s (struct))
    (func (unreachable) (array.copy $a $s)))
  "non-array type")
(assert_invalid
  (module (type $a (array (mut i32))) (func (unreachable) (array.copy $a 9))) "unknown type")
(assert_invalid
  (module (type $a (array (mut i32))) (func (unreachable) (array.copy 9 $a))) "unknown type")
(assert_invalid
  (module (type $s (struct)) (data "") (func (unreachable) (array.init_data $s 0)))
  "non-array type")
(assert_invalid (module (data "") (func (unreachable) (array.init_data 9 0))) "unknown type")
(assert_invalid
  (module (type $f (func)) (type $c (cont $f)) (func (unreachable) (array.new $c) (drop)))
  "non-array type")
;; Making one.
(assert_invalid
  (module (type $a (array f32)) (func (drop (array.new $a (f64.const 0) (i32.const 0)))))
  "type mismatch: expected f32, found f64")
(assert_invalid
  (module (type $a (array f32)) (func (drop (array.new $a (f32.const 0) (i64.const 0)))))
  "type mismatch: expected i32, found i64")
(assert_invalid
  (module (type $a (array (ref any))) (func (drop (array.new_default $a (i32.const 0)))))
  "type mismatch: field 0 has no default")
(assert_invalid
  (module (type $a (array i32)) (func (drop (array.new_default $a (i64.const 0)))))
  "type mismatch: expected i32, found i64")
(assert_invalid
  (module (type $a (array i8)) (func (drop (array.new_fixed $a 2 (i32.const 0) (i64.const 0)))))
  "type mismatch: expected i32, found i64")
(assert_invalid
  (module (type $a (array i8)) (func (drop (array.new_fixed $a 2 (i64.const 0) (i32.const 0)))))
  "type mismatch: expected i32, found i64")
(assert_invalid
  (module (type $a (array i8)) (func (drop (array.new_fixed $a 2 (i32.const 0)))))
  "type mismatch: expected i32, found nothing")
(assert_invalid
  (module (type $a (array anyref)) (data "")
    (func (drop (array.new_data $a 0 (i32.const 0) (i32.const 0)))))
  "array type is not numeric or vector")
(assert_invalid
  (module (type $a (array i8)) (func (drop (array.new_data $a 0 (i32.const 0) (i32.const 0)))))
  "unknown data segment")
(assert_invalid
  (module (type $a (array i8)) (data "")
    (func (drop (array.new_data $a 0 (i64.const 0) (i32.const 0)))))
  "type mismatch: expected i32, found i64")
(assert_invalid
  (module (type $a (array funcref))
    (func (drop (array.new_elem $a 0 (i32.const 0) (i32.const 0)))))
  "unknown elem segment")
(assert_invalid
  (module (type $a (array eqref)) (elem anyref)
    (func (drop (array.new_elem $a 0 (i32.const 0) (i32.const 0)))))
  "type mismatch")
(assert_invalid
  (module (type $a (array i32)) (elem funcref)
    (func (drop (array.new_elem $a 0 (i32.const 0) (i32.const 0)))))
  "type mismatch")
(assert_invalid
  (module (type $a (array funcref)) (elem funcref)
    (func (drop (array.new_elem $a 0 (i32.const 0) (i64.const 0)))))
  "type mismatch: expected i32, found i64")
;; Items.
(assert_invalid
  (module (type $a (array i8))
    (func (param (ref $a)) (drop (array.get $a (local.get 0) (i32.const 0)))))
  "type mismatch: the field is packed")
(assert_invalid
  (module (type $a (array i32))
    (func (param (ref $a)) (drop (array.get_u $a (local.get 0) (i32.const 0)))))
  "type mismatch: the field is not packed")
(assert_invalid
  (module (type $a (array i32))
    (func (param (ref $a)) (drop (array.get $a (local.get 0) (i64.const 0)))))
  "type mismatch: expected i32, found i64")
(assert_invalid
  (module (type $a (array i32))
    (func (param arrayref) (drop (array.get $a (local.get 0) (i32.const 0)))))
  "type mismatch: expected (ref null $a), found (ref null array)")
(assert_invalid
  (module (type $a (array i32))
    (func (param (ref $a)) (array.set $a (local.get 0) (i32.const 0) (i32.const 0))))
  "immutable array")
(assert_invalid
  (module (type $a (array (mut i32)))
    (func (param (ref $a)) (array.set $a (local.get 0) (i32.const 0) (i64.const 0))))
  "type mismatch: expected i32, found i64")
(assert_invalid
  (module (type $a (array i32))
    (func (param (ref $a)) (array.fill $a (local.get 0) (i32.const 0) (i32.const 0) (i32.const 0))))
  "immutable array")
(assert_invalid
  (module (type $a (array (mut i32)))
    (func (param (ref $a)) (array.fill $a (local.get 0) (i32.const 0) (i64.const 0) (i32.const 0))))
  "type mismatch: expected i32, found i64")
(assert_invalid (module (func (param eqref) (drop (array.len (local.get 0)))))
  "type mismatch: expected (ref null array), found (ref null eq)")
;; Copying: to what is mutable, from what matches, packed types equal.
(assert_invalid
  (module (type $a (array i32))
    (func (param (ref $a))
      (array.copy $a $a (local.get 0) (i32.const 0) (local.get 0) (i32.const 0) (i32.const 0))))
  "immutable array")
(assert_invalid
  (module (type $a (array (mut i8))) (type $b (array (mut i16)))
    (func (param (ref $a) (ref $b))
      (array.copy $a $b (local.get 0) (i32.const 0) (local.get 1) (i32.const 0) (i32.const 0))))
  "array types do not match")
(assert_invalid
  (module (type $a (array (mut i32))) (type $b (array (mut i16)))
    (func (param (ref $a) (ref $b))
      (array.copy $a $b (local.get 0) (i32.const 0) (local.get 1) (i32.const 0) (i32.const 0))))
  "array types do not match")
(assert_invalid
  (module (type $a (array (mut i16))) (type $b (array (mut i32)))
    (func (param (ref $a) (ref $b))
      (array.copy $a $b (local.get 0) (i32.const 0) (local.get 1) (i32.const 0) (i32.const 0))))
  "array types do not match")
(assert_invalid
  (module (type $a (array (mut i32))) (type $b (array (mut i64)))
    (func (param (ref $a) (ref $b))
      (array.copy $a $b (local.get 0) (i32.const 0) (local.get 1) (i32.const 0) (i32.const 0))))
  "array types do not match")
(assert_invalid
  (module (type $a (array (mut eqref))) (type $b (array (mut anyref)))
    (func (param (ref $a) (ref $b))
      (array.copy $a $b (local.get 0) (i32.const 0) (local.get 1) (i32.const 0) (i32.const 0))))
  "array types do not match")
(assert_invalid
  (module (type $a (array (mut i32)))
    (func (param (ref $a))
      (array.copy $a $a (local.get 0) (i32.const 0) (local.get 0) (i32.const 0) (i64.const 0))))
  "type mismatch: expected i32, found i64")
;; Filling from segments.
(assert_invalid
  (module (type $a (array i8)) (data "")
    (func (param (ref $a))
      (array.init_data $a 0 (local.get 0) (i32.const 0) (i32.const 0) (i32.const 0))))
  "immutable array")
(assert_invalid
  (module (type $a (array (mut anyref))) (data "")
    (func (param (ref $a))
      (array.init_data $a 0 (local.get 0) (i32.const 0) (i32.const 0) (i32.const 0))))
  "array type is not numeric or vector")
(assert_invalid
  (module (type $a (array (mut i8)))
    (func (param (ref $a))
      (array.init_data $a 0 (local.get 0) (i32.const 0) (i32.const 0) (i32.const 0))))
  "unknown data segment")
(assert_invalid
  (module (type $a (array (mut i8))) (data "")
    (func (param (ref $a))
      (array.init_data $a 0 (local.get 0) (i32.const 0) (i32.const 0) (i64.const 0))))
  "type mismatch: expected i32, found i64")
(assert_invalid
  (module (type $a (array (mut funcref)))
    (func (param (ref $a))
      (array.init_elem $a 0 (local.get 0) (i32.const 0) (i32.const 0) (i32.const 0))))
  "unknown elem segment")
(assert_invalid
  (module (type $a (array (mut eqref))) (elem anyref)
    (func (param (ref $a))
      (array.init_elem $a 0 (local.get 0) (i32.const 0) (i32.const 0) (i32.const 0))))
  "type mismatch")
(assert_invalid
  (module (type $a (array funcref)) (elem funcref)
    (func (param (ref $a))
      (array.init_elem $a 0 (local.get 0) (i32.const 0) (i32.const 0) (i32.const 0))))
  "immutable array")
