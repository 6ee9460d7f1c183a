;; Rules of WebAssembly 3.0 that the official scripts leave untried: tables, segments, memories.

(assert_invalid (module (func (drop (table.size 0)))) "unknown table")
(assert_invalid (module (table 1 funcref) (func (drop (table.size 1)))) "unknown table")
(assert_invalid (module (func (drop (table.get 0 (i32.const 0))))) "unknown table")
(assert_invalid (module (func (table.set 0 (i32.const 0) (ref.null func)))) "unknown table")
(assert_invalid (module (func (drop (table.grow 0 (ref.null func) (i32.const 0)))))
  "unknown table")
(assert_invalid (module (func (table.fill 0 (i32.const 0) (ref.null func) (i32.const 0))))
  "unknown table")
(assert_invalid
  (module (table 1 funcref)
    (func (table.copy 1 0 (i32.const 0) (i32.const 0) (i32.const 0))))
  "unknown table 1")
(assert_invalid
  (module (table 1 funcref)
    (func (table.copy 0 1 (i32.const 0) (i32.const 0) (i32.const 0))))
  "unknown table 1")
(assert_invalid
  (module (elem func) (func (table.init 0 0 (i32.const 0) (i32.const 0) (i32.const 0))))
  "unknown table")
(assert_invalid
  (module (table 1 funcref) (func (table.init 0 0 (i32.const 0) (i32.const 0) (i32.const 0))))
  "unknown elem segment")
(assert_invalid (module (func (elem.drop 0))) "unknown elem segment")
(assert_invalid (module (func (call_indirect 0 (i32.const 0)))) "unknown table")

;; Element types: equal or smaller.
(module
  (type $f (func)) (table $a 1 funcref) (table $t 1 (ref null $f)) (elem $e (ref null $f))
  (func (table.copy $a $t (i32.const 0) (i32.const 0) (i32.const 0)))
  (func (table.init $a $e (i32.const 0) (i32.const 0) (i32.const 0))))
(assert_invalid
  (module (type $f (func)) (table $a 1 funcref) (table $t 1 (ref null $f))
    (func (table.copy $t $a (i32.const 0) (i32.const 0) (i32.const 0))))
  "type mismatch: expected (ref null $f), found (ref null func)")
(assert_invalid
  (module (type $f (func)) (table $t 1 (ref null $f)) (elem $e funcref)
    (func (table.init $t $e (i32.const 0) (i32.const 0) (i32.const 0))))
  "type mismatch: expected (ref null $f), found (ref null func)")

;; Operands.
(assert_invalid
  (module (table 1 funcref) (func (table.copy (i64.const 0) (i32.const 0) (i32.const 0))))
  "type mismatch: expected i32, found i64")
(assert_invalid
  (module (table 1 funcref) (func (table.copy (i32.const 0) (i64.const 0) (i32.const 0))))
  "type mismatch: expected i32, found i64")
(assert_invalid
  (module (table 1 funcref) (func (table.copy (i32.const 0) (i32.const 0) (i64.const 0))))
  "type mismatch: expected i32, found i64")
(assert_invalid
  (module (table 1 funcref) (elem func)
    (func (table.init 0 (i32.const 0) (i64.const 0) (i32.const 0))))
  "type mismatch: expected i32, found i64")
;; Between tables of different address types the smaller counts.
(module
  (table $a i64 1 funcref) (table $b 1 funcref) (elem $e func)
  (func (table.copy $a $b (i64.const 0) (i32.const 0) (i32.const 0)))
  (func (table.copy $b $a (i32.const 0) (i64.const 0) (i32.const 0)))
  (func (table.copy $a $a (i64.const 0) (i64.const 0) (i64.const 0)))
  (func (table.init $a $e (i64.const 0) (i32.const 0) (i32.const 0)))
  (func (result i64) (table.size $a))
  (func (param i64) (result funcref) (table.get $a (local.get 0)))
  (func (call_indirect $a (i64.const 0))))
(assert_invalid
  (module (table $a i64 1 funcref) (table $b 1 funcref)
    (func (table.copy $a $b (i64.const 0) (i32.const 0) (i64.const 0))))
  "type mismatch: expected i32, found i64")
(assert_invalid
  (module (table $a i64 1 funcref) (table $b 1 funcref)
    (func (table.copy $b $a (i32.const 0) (i64.const 0) (i64.const 0))))
  "type mismatch: expected i32, found i64")
(assert_invalid
  (module (table $a i64 1 funcref) (func (call_indirect $a (i32.const 0))))
  "type mismatch: expected i64, found i32")
(module
  (memory $a i64 1) (memory $b 1)
  (func (memory.copy $a $b (i64.const 0) (i32.const 0) (i32.const 0)))
  (func (memory.copy $b $a (i32.const 0) (i64.const 0) (i32.const 0)))
  (func (memory.copy $a $a (i64.const 0) (i64.const 0) (i64.const 0))))
(assert_invalid
  (module (memory $a i64 1) (memory $b 1)
    (func (memory.copy $a $b (i64.const 0) (i32.const 0) (i64.const 0))))
  "type mismatch: expected i32, found i64")
(assert_invalid
  (module (memory 1) (func (memory.copy 1 0 (i32.const 0) (i32.const 0) (i32.const 0))))
  "unknown memory 1")
(assert_invalid
  (module (memory 1) (func (memory.copy 0 1 (i32.const 0) (i32.const 0) (i32.const 0))))
  "unknown memory 1")
(assert_invalid
  (module (memory 1) (func (memory.init 0 (i32.const 0) (i32.const 0) (i32.const 0))))
  "unknown data segment")
(assert_invalid (module (func (data.drop 0))) "unknown data segment")

;; ---- Declarations ----

(assert_invalid (module (table 1 (ref null 3))) "unknown type")
(assert_invalid (module (table 1 (ref func))) "type mismatch")
(module (func $f) (table 1 (ref func) (ref.func $f)))
(module (table (export "t") 1 funcref))
(assert_invalid (module (table 1 funcref (ref.null extern))) "type mismatch")
(assert_invalid (module (global $g funcref (ref.null func)) (table 1 funcref (global.get $g)))
  "unknown global")
(assert_invalid (module (table 2 1 funcref))
  "size minimum must not be greater than maximum")
(assert_invalid (module (memory 2 1)) "size minimum must not be greater than maximum")
(assert_invalid (module (memory 65537)) "memory size must be at most 65536 pages (4GiB)")
(assert_invalid (module (memory 0 65537)) "memory size must be at most 65536 pages (4GiB)")
(assert_invalid (module (memory i64 0x1_0000_0000_0001))
  "memory size must be at most 2^48 pages")
(assert_invalid (module (memory i64 0 0x1_0000_0000_0001))
  "memory size must be at most 2^48 pages")
(module definition (memory 65536 65536))
(module definition (memory i64 0x1_0000_0000_0000 0x1_0000_0000_0000))
(module definition (table i64 0 0xffff_ffff_ffff_ffff funcref))
(module definition (table 0 0xffff_ffff funcref))
(assert_invalid (module (table 0 0x1_0000_0000 funcref)) "table size must be at most 2^32 - 1")
(assert_invalid (module (table 0x1_0000_0000 funcref)) "table size must be at most 2^32 - 1")
(assert_invalid (module (global (ref null 3) (ref.null none))) "unknown type")
(assert_invalid (module (type (func)) (import "m" "g" (global (ref null 1)))) "unknown type")
(module definition (import "m" "t" (table 1 (ref func))))
(assert_invalid (module (import "m" "g" (global (ref null 3)))) "unknown type")
(assert_invalid (module (import "m" "f" (func (type 3)))) "unknown type")
(assert_invalid (module (type $s (struct)) (import "m" "f" (func (type $s))))
  "non-function type")
(assert_invalid (module (import "m" "t" (tag (type 3)))) "unknown type")

;; ---- Segments ----

(assert_invalid (module (elem (ref null 3))) "unknown type")
(assert_invalid (module (elem func 3)) "unknown function")
(assert_invalid (module (elem func 100000000)) "unknown function")
(assert_invalid (module (global funcref (ref.func 100000000))) "unknown function")
(assert_invalid (module (export "a" (func 100000000))) "unknown function")
(assert_invalid (module (elem funcref (ref.null extern))) "type mismatch")
(assert_invalid (module (elem funcref (item (ref.func 9)))) "unknown function")
(assert_invalid (module (elem (table 0) (i32.const 0) func)) "unknown table")
(assert_invalid (module (elem (i32.const 0) func)) "unknown table")
(assert_invalid (module (table 1 externref) (elem (table 0) (i32.const 0) func))
  "type mismatch: the table holds")
(assert_invalid (module (table 1 funcref) (elem (i64.const 0) func)) "type mismatch")
(assert_invalid (module (table i64 1 funcref) (elem (i32.const 0) func)) "type mismatch")
(module (table i64 1 funcref) (elem (i64.const 0) func))
(module (type $f (func)) (table 1 funcref) (elem (i32.const 0) (ref null $f) (ref.null $f)))
(assert_invalid
  (module (type $f (func)) (table 1 (ref null $f)) (elem (i32.const 0) funcref (ref.null func)))
  "type mismatch: the table holds")
(assert_invalid (module (data (i32.const 0) "")) "unknown memory")
(assert_invalid (module (memory 1) (data (memory 1) (i32.const 0) "")) "unknown memory")
(assert_invalid (module (memory 1) (data (i64.const 0) "")) "type mismatch")
(assert_invalid (module (memory i64 1) (data (i32.const 0) "")) "type mismatch")
(module (memory i64 1) (data (i64.const 0) "") (data ""))
(module (elem declare func))
;; Offsets see every global.
(module
  (memory 1) (table 1 funcref)
  (data (global.get $g) "") (elem (global.get $g) func) (global $g i32 (i32.const 0)))

;; ---- Exports, start ----

(assert_invalid (module (export "a" (func 0))) "unknown function")
(assert_invalid (module (export "a" (table 0))) "unknown table")
(assert_invalid (module (export "a" (memory 0))) "unknown memory")
(assert_invalid (module (export "a" (global 0))) "unknown global")
(assert_invalid (module (export "a" (tag 0))) "unknown tag")
(assert_invalid (module (func) (export "a" (func 0)) (export "a" (func 0))) "duplicate export")
(assert_invalid (module (tag) (func) (export "a" (func 0)) (export "a" (tag 0)))
  "duplicate export")
(assert_invalid (module (start 0)) "unknown function")
(assert_invalid (module (func $f (param i32)) (start $f)) "start function")
(assert_invalid (module (func $f (result i32) (i32.const 0)) (start $f)) "start function")
;; Where a function may be named so that ref.func may name it: exports, segments, globals, tables.
(module
  (func $a) (func $b) (func $c) (func $d) (func $e)
  (export "a" (func $a))
  (elem declare func $b)
  (global funcref (ref.func $c))
  (table 1 funcref (ref.func $d))
  (elem funcref (ref.func $e))
  (func (drop (ref.func $a)) (drop (ref.func $b)) (drop (ref.func $c)) (drop (ref.func $d))
    (drop (ref.func $e))))
(assert_invalid
  (module (func $a) (func $b) (func $c) (func $d) (func $e) (func $f) (func $g) (func $h)
    (func $i) (export "a" (func $a)) (elem declare func $b)
    (func (drop (ref.func $i))))
  "undeclared function reference")
(assert_invalid
  (module (func $a) (global $g i32 (i32.const 0)) (export "a" (global $g))
    (func (drop (ref.func $a))))
  "undeclared function reference")
(assert_invalid (module (func $f) (start $f) (func (drop (ref.func $f))))
  "undeclared function reference")
