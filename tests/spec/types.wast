;; Continuation types: how they are declared, where they may stand, how they match.

;; ---- Declarations ----

(module
  (type $f (func (param i32) (result i64)))
  (type $c (cont $f))
  (type (cont 0))
  (type $s (sub final (cont $f)))
  (type $o (sub (cont $f)))
  (type $p (sub $o (cont $f)))
  (rec (type $c1 (cont $f1)) (type $f1 (func (param (ref $c1)))))
  (rec (type $f2 (func (param (ref $c2)) (result (ref null $c2)))) (type $c2 (cont $f2)))
  (rec (type $a (cont $fa)) (type $b (cont $fb))
       (type $fa (func (param (ref $b)))) (type $fb (func (param (ref $a)))))
)

;; A continuation type names a function type that exists ...
(assert_invalid (module (type (cont 1))) "unknown type")
(assert_invalid (module (type $f (func)) (type (cont 7))) "unknown type")
;; ... in its own recursion group or before it.
(assert_invalid (module (type (cont 1)) (type (func))) "unknown type")
(assert_invalid
  (module (rec (type (cont 2)) (type (struct))) (type (func))) "unknown type")

;; It is a function type and nothing else.
(assert_invalid (module (type $s (struct)) (type (cont $s))) "non-function type")
(assert_invalid (module (type $a (array i32)) (type (cont $a))) "non-function type")
(assert_invalid (module (type $f (func)) (type $c (cont $f)) (type (cont $c)))
  "non-function type")
(assert_invalid (module (rec (type $c (cont $c)))) "non-function type")
(assert_invalid (module (rec (type $c (cont $s)) (type $s (struct)))) "non-function type")
(assert_invalid (module (rec (type $a (cont $b)) (type $b (cont $a)))) "non-function type")

(assert_malformed (module quote "(type (cont))") "unexpected token")
(assert_malformed (module quote "(type (cont func))") "unexpected token")
(assert_malformed (module quote "(type $f (func)) (type (cont $f $f))") "unexpected token")
(assert_malformed (module quote "(type (cont $f))") "unknown type")
(assert_malformed (module quote "(type (cont (func)))") "unexpected token")

;; ---- Bytes ----

(module binary
  "\00asm" "\01\00\00\00"
  "\01\0b\03"                     ;; type section
  "\60\00\00"                     ;; 0: func
  "\5d\00"                        ;; 1: cont 0
  "\60\02\68\75\00"               ;; 2: func (param contref nullcontref)
)
(module binary
  "\00asm" "\01\00\00\00"
  "\01\13\03" "\60\00\00" "\5d\00"
  "\60\05\63\68\64\68\63\75\64\75\63\01\00" ;; long forms
)
(module binary
  "\00asm" "\01\00\00\00"
  "\01\07\02" "\60\00\00" "\5d\80\00" ;; the index is an s33, here padded
)
(assert_malformed
  (module binary "\00asm" "\01\00\00\00" "\01\06\02" "\60\00\00" "\5d\70") ;; cont func
  "malformed")
(assert_malformed
  (module binary "\00asm" "\01\00\00\00" "\01\05\02" "\60\00\00" "\5d")
  "unexpected end")
(assert_invalid
  (module binary "\00asm" "\01\00\00\00" "\01\06\02" "\60\00\00" "\5d\05")
  "unknown type")
(assert_invalid
  (module binary "\00asm" "\01\00\00\00" "\01\06\02" "\60\00\00" "\5d\01")
  "non-function type")

;; ---- Declared supertypes ----

(module
  (type $s0 (sub (struct)))
  (type $s1 (sub $s0 (struct (field i32))))
  (type $f0 (sub (func (param (ref $s1)) (result (ref $s0)))))
  (type $f1 (sub $f0 (func (param (ref $s0)) (result (ref $s1)))))
  (type $f2 (sub $f1 (func (param (ref $s0)) (result (ref $s1)))))
  (type $c0 (sub (cont $f0)))
  (type $c1 (sub $c0 (cont $f1)))
  (type $c2 (sub final $c0 (cont $f2)))
  (type $c3 (sub $c1 (cont $f2)))
  (func (param (ref $c3)) (result (ref $c0)) (local.get 0))
  (func (param (ref null $c2)) (result (ref null $c0)) (local.get 0))
)

;; Function types that would match, but that nobody declared to.
(assert_invalid
  (module
    (type $f0 (sub (func (param structref))))
    (type $f1 (sub (func (param anyref))))
    (type $c0 (sub (cont $f0)))
    (type $c1 (sub $c0 (cont $f1))))
  "sub type")
;; The wrong way round.
(assert_invalid
  (module
    (type $f0 (sub (func (param structref))))
    (type $f1 (sub $f0 (func (param anyref))))
    (type $c1 (sub (cont $f1)))
    (type $c0 (sub $c1 (cont $f0))))
  "sub type")
(assert_invalid
  (module
    (type $f (func)) (type $g (func (param i32)))
    (type $c (sub (cont $f)))
    (type (sub $c (cont $g))))
  "sub type")
;; Another kind of type above or below.
(assert_invalid
  (module (type $f (sub (func))) (type (sub $f (cont $f)))) "sub type")
(assert_invalid
  (module (type $f (sub (func))) (type $c (sub (cont $f))) (type (sub $c (func)))) "sub type")
(assert_invalid
  (module (type $f (func)) (type $s (sub (struct))) (type (sub $s (cont $f)))) "sub type")
(assert_invalid
  (module (type $f (func)) (type $c (sub (cont $f))) (type (sub $c (struct)))) "sub type")
;; A final one.
(assert_invalid
  (module (type $f (func)) (type $c (cont $f)) (type (sub $c (cont $f)))) "sub type")
(assert_invalid
  (module (type $f (func)) (type $c (sub final (cont $f))) (type (sub $c (cont $f))))
  "sub type")
;; One that is not there, or only later.
(assert_invalid (module (type $f (func)) (type (sub 9 (cont $f)))) "unknown type")
(assert_invalid
  (module (type $f (func))
    (rec (type $c (sub $d (cont $f))) (type $d (sub (cont $f)))))
  "unknown type")
(assert_invalid
  (module (type $f (func)) (rec (type $c (sub $c (cont $f))))) "unknown type")

;; ---- Equality ----

;; Types of groups that look alike are one type, and so are continuation types over them.
(module
  (type $f0 (func (param i32)))
  (type $f1 (func (param i32)))
  (type $c0 (cont $f0))
  (type $c1 (cont $f1))
  (func (param (ref $c0)) (result (ref $c1)) (local.get 0))
  (func (param (ref $c1)) (result (ref $c0)) (local.get 0))
)
(module
  (rec (type $a0 (func (param (ref $k0)))) (type $k0 (cont $a0)))
  (rec (type $a1 (func (param (ref $k1)))) (type $k1 (cont $a1)))
  (func (param (ref $k0)) (result (ref $k1)) (local.get 0))
)
(assert_invalid
  (module
    (type $f0 (func (param i32))) (type $f1 (func (param i64)))
    (type $c0 (cont $f0)) (type $c1 (cont $f1))
    (func (param (ref $c0)) (result (ref $c1)) (local.get 0)))
  "type mismatch")
;; Members of a larger group are types of their own.
(assert_invalid
  (module
    (type $f (func))
    (type $c0 (cont $f))
    (rec (type $c1 (cont $f)) (type (struct)))
    (func (param (ref $c0)) (result (ref $c1)) (local.get 0)))
  "type mismatch")
;; Final and open ones differ.
(assert_invalid
  (module
    (type $f (func)) (type $c0 (cont $f)) (type $c1 (sub (cont $f)))
    (func (param (ref $c0)) (result (ref $c1)) (local.get 0)))
  "type mismatch")

;; ---- The hierarchy ----

(module
  (type $f (func))
  (type $c (cont $f))
  (func (param nullcontref) (result contref) (local.get 0))
  (func (param nullcontref) (result (ref null $c)) (local.get 0))
  (func (param (ref nocont)) (result (ref $c)) (local.get 0))
  (func (param (ref $c)) (result (ref cont)) (local.get 0))
  (func (param (ref null $c)) (result contref) (local.get 0))
  (func (param (ref cont)) (result (ref null cont)) (local.get 0))
  (func (param contref) (result (ref null cont)) (local.get 0))
  (func (param (ref null nocont)) (result nullcontref) (local.get 0))
)
(assert_invalid (module (func (param contref) (result nullcontref) (local.get 0)))
  "type mismatch")
(assert_invalid (module (func (param contref) (result (ref cont)) (local.get 0)))
  "type mismatch")
(assert_invalid (module (func (param nullcontref) (result (ref nocont)) (local.get 0)))
  "type mismatch")
(assert_invalid
  (module (type $f (func)) (type $c (cont $f))
    (func (param contref) (result (ref null $c)) (local.get 0)))
  "type mismatch")
(assert_invalid
  (module (type $f (func)) (type $c (cont $f))
    (func (param (ref null $c)) (result nullcontref) (local.get 0)))
  "type mismatch")
(assert_invalid
  (module (type $f (func)) (type $c (cont $f))
    (func (param (ref null $c)) (result (ref $c)) (local.get 0)))
  "type mismatch")
(assert_invalid
  (module (type $f (func)) (type $c (cont $f))
    (func (param (ref $c)) (result (ref $f)) (local.get 0)))
  "type mismatch")
(assert_invalid
  (module (type $f (func)) (type $c (cont $f))
    (func (param (ref $f)) (result (ref $c)) (local.get 0)))
  "type mismatch")
(assert_invalid (module (func (param contref) (result anyref) (local.get 0))) "type mismatch")
(assert_invalid (module (func (param contref) (result eqref) (local.get 0))) "type mismatch")
(assert_invalid (module (func (param contref) (result funcref) (local.get 0))) "type mismatch")
(assert_invalid (module (func (param contref) (result externref) (local.get 0)))
  "type mismatch")
(assert_invalid (module (func (param contref) (result exnref) (local.get 0))) "type mismatch")
(assert_invalid (module (func (param nullcontref) (result nullref) (local.get 0)))
  "type mismatch")
(assert_invalid (module (func (param nullref) (result contref) (local.get 0)))
  "type mismatch")
(assert_invalid (module (func (param nullfuncref) (result contref) (local.get 0)))
  "type mismatch")
(assert_invalid (module (func (param nullexnref) (result nullcontref) (local.get 0)))
  "type mismatch")
(assert_invalid
  (module (type $f (func)) (type $c (cont $f))
    (func (param nullref) (result (ref null $c)) (local.get 0)))
  "type mismatch")
(assert_invalid (module (func (param anyref) (result contref) (local.get 0))) "type mismatch")

;; ---- Where they may stand ----

(module
  (type $f (func))
  (type $c (cont $f))
  (type $struct (struct (field (mut (ref null $c)) contref)))
  (type $array (array (mut (ref null $c))))
  (table $t 3 (ref null $c))
  (table $u 3 10 contref)
  (global $g (mut (ref null $c)) (ref.null $c))
  (global contref (ref.null cont))
  (global nullcontref (ref.null nocont))
  (global (ref null $c) (ref.null nocont))
  (global (ref null $struct) (struct.new_default $struct))
  (elem (ref null $c) (ref.null $c) (ref.null nocont))
  (elem (table $u) (offset (i32.const 0)) (ref null $c) (ref.null $c))
  (tag (param contref (ref $c)) (result (ref null $c)))
  (func $nop)
  (elem declare func $nop)
  (func (export "local") (result i32)
    (local $x (ref null $c))
    (ref.is_null (local.get $x)))
  (func (export "global") (result i32)
    (global.set $g (cont.new $c (ref.func $nop)))
    (ref.is_null (global.get $g)))
  (func (export "table") (result i32 i32)
    (table.set $t (i32.const 1) (cont.new $c (ref.func $nop)))
    (ref.is_null (table.get $t (i32.const 0)))
    (ref.is_null (table.get $t (i32.const 1))))
  (func (export "table-grow") (result i32 i32)
    (table.grow $u (cont.new $c (ref.func $nop)) (i32.const 2))
    (ref.is_null (table.get $u (i32.const 4))))
  (func (export "struct") (result i32 i32)
    (local $s (ref $struct))
    (local.set $s (struct.new $struct (cont.new $c (ref.func $nop)) (ref.null cont)))
    (ref.is_null (struct.get $struct 0 (local.get $s)))
    (ref.is_null (struct.get $struct 1 (local.get $s))))
  (func (export "array") (result i32 i32)
    (local $a (ref $array))
    (local.set $a (array.new_default $array (i32.const 2)))
    (array.set $array (local.get $a) (i32.const 1) (cont.new $c (ref.func $nop)))
    (ref.is_null (array.get $array (local.get $a) (i32.const 0)))
    (ref.is_null (array.get $array (local.get $a) (i32.const 1))))
  (func (export "select") (param i32) (result i32)
    (ref.is_null
      (select (result (ref null $c))
        (ref.null $c) (cont.new $c (ref.func $nop)) (local.get 0))))
  (func (export "as_non_null") (param i32) (result i32)
    (drop
      (ref.as_non_null
        (select (result (ref null $c))
          (ref.null $c) (cont.new $c (ref.func $nop)) (local.get 0))))
    (i32.const 1))
  (func (export "br_on_null") (param i32) (result i32)
    (block $null
      (drop
        (br_on_null $null
          (select (result (ref null $c))
            (ref.null $c) (cont.new $c (ref.func $nop)) (local.get 0))))
      (return (i32.const 0)))
    (i32.const 1))
  (func (export "br_on_non_null") (param i32) (result i32)
    (block $some (result (ref cont))
      (br_on_non_null $some
        (select (result contref)
          (ref.null cont) (cont.new $c (ref.func $nop)) (local.get 0)))
      (return (i32.const 0)))
    (drop)
    (i32.const 1))
)
(assert_return (invoke "local") (i32.const 1))
(assert_return (invoke "global") (i32.const 0))
(assert_return (invoke "table") (i32.const 1) (i32.const 0))
(assert_return (invoke "table-grow") (i32.const 3) (i32.const 0))
(assert_return (invoke "struct") (i32.const 0) (i32.const 1))
(assert_return (invoke "array") (i32.const 1) (i32.const 0))
(assert_return (invoke "select" (i32.const 0)) (i32.const 0))
(assert_return (invoke "select" (i32.const 1)) (i32.const 1))
(assert_return (invoke "as_non_null" (i32.const 0)) (i32.const 1))
(assert_trap (invoke "as_non_null" (i32.const 1)) "null reference")
(assert_return (invoke "br_on_null" (i32.const 0)) (i32.const 0))
(assert_return (invoke "br_on_null" (i32.const 1)) (i32.const 1))
(assert_return (invoke "br_on_non_null" (i32.const 0)) (i32.const 1))
(assert_return (invoke "br_on_non_null" (i32.const 1)) (i32.const 0))

;; No default value, no identity, no constant.
(assert_invalid
  (module (type $f (func)) (type $c (cont $f))
    (func (local $x (ref $c)) (drop (local.get $x))))
  "uninitialized local")
(assert_invalid (module (type $f (func)) (type $c (cont $f)) (table 1 (ref $c)))
  "type mismatch")
(assert_invalid
  (module (type $f (func)) (type $c (cont $f)) (type $s (struct (field (ref $c))))
    (func (drop (struct.new_default $s))))
  "type mismatch: field 0 has no default")
(assert_invalid
  (module (func (param contref contref) (result i32)
    (ref.eq (local.get 0) (local.get 1))))
  "type mismatch")
(assert_invalid
  (module (func (param contref) (result i32)
    (select (local.get 0) (local.get 0) (i32.const 0)) (ref.is_null)))
  "type mismatch: select")
(assert_invalid
  (module (func $f) (type $ft (func)) (type $c (cont $ft))
    (global (ref $c) (cont.new $c (ref.func $f))))
  "constant expression required")
(assert_invalid
  (module (type $f (func)) (type $c (cont $f))
    (global (ref $c) (ref.null $c)))
  "type mismatch")
(assert_invalid
  (module (type $f (func)) (type $c (cont $f))
    (table 1 contref) (elem (i32.const 0) (ref func)))
  "type mismatch")
(assert_invalid
  (module (type $f (func)) (type $c (cont $f)) (type $d (cont $f))
    (func (param (ref null $c)) (result i32)
      (block (result (ref cont)) (br_on_non_null 0 (local.get 0)) (return (i32.const 0)))
      (return (ref.is_null)))
    (func (param (ref null $c)) (result (ref nocont))
      (br_on_non_null 0 (local.get 0)) (unreachable)))
  "type mismatch")
(assert_invalid (module (func (param (ref 3)))) "unknown type")
(assert_invalid (module (type $f (func)) (func (local (ref null 4)))) "unknown type")

;; ---- Tags ----

;; A control tag has results; a tag that is thrown has none.
(module
  (tag (result i32))
  (tag (param i32) (result i64 f32))
  (type $f (func (param f64) (result f64)))
  (tag $e (type $f))
  (tag (export "e") (type $f))
)
(assert_invalid (module (tag (type 3))) "unknown type")
(assert_invalid (module (type $s (struct)) (tag (type $s))) "non-function type")
(assert_invalid (module (type $f (func)) (type $c (cont $f)) (tag (type $c)))
  "non-function type")
(assert_invalid (module (tag $e (result i32)) (func (throw $e))) "non-empty tag result type")
(assert_invalid
  (module (tag $e (result i32)) (func (block $l (try_table (catch $e $l)))))
  "non-empty tag result type")
(assert_invalid
  (module (tag $e (result i32))
    (func (block $l (result exnref) (try_table (catch_ref $e $l)) (ref.null exn)) (drop)))
  "non-empty tag result type")
