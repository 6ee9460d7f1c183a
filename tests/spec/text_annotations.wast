;; Annotations that mean something: names, custom sections, branch hints. Where each may stand, and
;; what is said where it may not.

;; ---- Names: behind the keyword or id of what they name ----

(module $m (@name "Mödül")
  (type $t (@name "a type") (func (param $p (@name "P") i32) (param (@name "Q") i32)))
  (type (@name "") (struct (field $f (@name "g") i32) (field (@name "f") i32) (field i32 i32)))
  (rec (type (@name "in a group") (array i8)))
  (import "spectest" "print_i32" (func $i (@name "imported") (param i32)))
  (import "spectest" "global_i32" (global (@name "imported as well") i32))
  (func (@name "f") (export "f") (type $t) (local (@name "l") i64) (local $l f32)
    (block $b (@name "a block") (loop (@name "")) (br $b))
    block (@name "flat") end
    i32.const 0 if $x (@name "y") br $x else $x end $x)
  (table (@name "t") 1 funcref) (memory (@name "m") 1) (tag (@name "e"))
  (global (@name "g") i32 (i32.const 0)) (elem (@name "el") func) (data (@name "d") "x")
  ;; an id is bound whatever the name is, and a name binds nothing
  (func $struct (result i32) (struct.get 1 $f (struct.new_default 1))))
(module definition (@name "") (func))
(module (@name (;c;) "x" ;; and
 ))
(module (func (@other "x" (@name "y") (nested "(@name") $id 1.5 ,;[) (@name "z")))

;; quoted ids, and annotations in annotations
(module (@"name" "x") (@"cust\6fm" "x" "y") (func (@name (@a) "x" (@y z (@name "w")))))
(module (@custom (@a) "x" (@foo bar) (after (@b) code) "y" (@"name" "z")))

(assert_malformed_custom (module quote "(func (@\"name\"))") "@name annotation: unexpected token")
(assert_malformed_custom (module quote "(func (@\"custom\" \"a\"))") "misplaced @custom annotation")
(assert_malformed_custom (module quote "(@name \"a\") (func)") "misplaced @name annotation")
(assert_malformed_custom (module quote "(@name \"a\") (module)") "misplaced @name annotation")
(assert_malformed_custom (module quote "(module) (@name \"a\")") "misplaced @name annotation")
(assert_malformed_custom (module quote "(module (@name \"a\") (@name \"b\"))") "@name annotation: multiple module")
(assert_malformed_custom (module quote "(module $m (@name \"a\") (@name \"b\"))") "@name annotation: multiple module")
(assert_malformed_custom (module quote "(module (@name \"a\") $m)") "misplaced @name annotation")
(assert_malformed_custom (module quote "(module (func) (@name \"a\"))") "misplaced @name annotation")
(assert_malformed_custom (module quote "(module (func $f) (start $f (@name \"a\")))") "misplaced @name annotation")
(assert_malformed_custom (module quote "(func (@name \"a\") $f)") "misplaced @name annotation")
(assert_malformed_custom (module quote "(func (@name \"a\") (@name \"b\"))") "@name annotation: multiple")
(assert_malformed_custom (module quote "(func (nop (@name \"a\")))") "misplaced @name annotation")
(assert_malformed_custom (module quote "(func (param i32 (@name \"a\")))") "misplaced @name annotation")
(assert_malformed_custom (module quote "(func block end (@name \"a\"))") "misplaced @name annotation")
(assert_malformed_custom (module quote "(func block $l end $l (@name \"a\"))") "misplaced @name annotation")
(assert_malformed_custom (module quote "(func (result (@name \"a\") i32) unreachable)") "misplaced @name annotation")
(assert_malformed_custom (module quote "(global i32 (i32.const (@name \"a\") 0))") "misplaced @name annotation")
(assert_malformed_custom (module quote "(type (@name \"a\") $t (func))") "misplaced @name annotation")
(assert_malformed_custom (module quote "(rec (@name \"a\"))") "misplaced @name annotation")
(assert_malformed_custom (module quote "(export (@name \"a\") \"f\" (func 0)) (func)") "misplaced @name annotation")
(assert_malformed_custom (module quote "(func (@name))") "@name annotation: unexpected token")
(assert_malformed_custom (module quote "(func (@name a))") "@name annotation: unexpected token")
(assert_malformed_custom (module quote "(func (@name \"a\" \"b\"))") "@name annotation: unexpected token")
(assert_malformed_custom (module quote "(func (@name (\"a\")))") "@name annotation: unexpected token")
(assert_malformed_custom (module quote "(func (@name \"\\ff\"))") "@name annotation: malformed UTF-8 encoding")
;; exactly one parameter, local, field
(assert_malformed_custom (module quote "(func (param (@name \"a\") i32 i32))") "unexpected token")
(assert_malformed_custom (module quote "(func (local (@name \"a\") i32 i32))") "unexpected token")
(assert_malformed_custom (module quote "(type (struct (field (@name \"a\") i32 i32)))") "unexpected token")
(assert_malformed_custom (module quote "(func (local (@name \"a\")))") "unexpected token")
;; names are not ids
(assert_malformed (module quote "(func (@name \"f\")) (func (call $f))") "unknown function")
(assert_malformed (module quote "(func (block (@name \"l\") (br $l)))") "unknown label")
(assert_malformed (module quote "(type $s (struct (field $a (@name \"b\") i32))) (func (drop (struct.get $s $b (struct.new_default $s))))") "unknown field")
(assert_malformed (module quote "(type $s (struct (field $a i32) (field $a (@name \"b\") i32)))") "duplicate field")
(assert_malformed (module quote "(func (local $x (@name \"y\") i32) (local $x (@name \"z\") i32))") "duplicate local")

;; ---- Custom sections: between the fields of a module ----

(module (@custom "a") (@custom "b" "1" "\ff" "") (func) (@custom "c" (before first) "x")
  (@custom "d" (after last)) (@custom "e" (after data)) (@custom "f" (before tag) "") (memory 1)
  (@custom "" (after last)) (@custom "name" "\05\05\05") (@custom "\u{1F600}"))

(assert_malformed_custom (module quote "(@custom)") "@custom annotation: missing section name")
(assert_malformed_custom (module quote "(@custom 1)") "@custom annotation: missing section name")
(assert_malformed_custom (module quote "(@custom (before first) \"a\")") "@custom annotation: missing section name")
(assert_malformed_custom (module quote "(@custom \"\\80\")") "@custom annotation: malformed UTF-8 encoding")
(assert_malformed_custom (module quote "(@custom \"a\" b)") "@custom annotation: unexpected token")
(assert_malformed_custom (module quote "(@custom \"a\" \"b\" (before first))") "@custom annotation: unexpected token")
(assert_malformed_custom (module quote "(@custom \"a\" (before first) (after last))") "@custom annotation: unexpected token")
(assert_malformed_custom (module quote "(@custom \"a\" (before first \"b\"))") "@custom annotation: unexpected token")
(assert_malformed_custom (module quote "(@custom \"a\" ())") "@custom annotation: malformed placement")
(assert_malformed_custom (module quote "(@custom \"a\" (first))") "@custom annotation: malformed placement")
(assert_malformed_custom (module quote "(@custom \"a\" (before))") "@custom annotation: malformed section kind")
(assert_malformed_custom (module quote "(@custom \"a\" (before names))") "@custom annotation: malformed section kind")
(assert_malformed_custom (module quote "(@custom \"a\" (after first))") "@custom annotation: malformed section kind")
(assert_malformed_custom (module quote "(@custom \"a\" (after \"type\"))") "@custom annotation: malformed section kind")
(assert_malformed_custom (module quote "(@custom \"a\") (module)") "misplaced @custom annotation")
(assert_malformed_custom (module quote "(module) (@custom \"a\")") "misplaced @custom annotation")
(assert_malformed_custom (module quote "(module (@custom \"a\") $m)") "misplaced @custom annotation")
(assert_malformed_custom (module quote "(func (@custom \"a\"))") "misplaced @custom annotation")
(assert_malformed_custom (module quote "(rec (@custom \"a\") (type (func)))") "misplaced @custom annotation")
(assert_malformed_custom (module quote "(func (nop) (@custom \"a\") (nop))") "misplaced @custom annotation")

;; ---- Branch hints: before an if or br_if, flat or folded ----

(module
  (func (param i32)
    local.get 0 (@metadata.code.branch_hint "\00") if else (@other) end
    local.get 0 (@metadata.code.branch_hint "\01") br_if 0
    (@metadata.code.branch_hint "\00") (br_if 0 (local.get 0))
    ((@metadata.code.branch_hint "\01") br_if 0 (local.get 0))
    (block (@metadata.code.branch_hint "\01")
      (if (block (result i32) (@metadata.code.branch_hint "\00") (br_if 0 (i32.const 1) (local.get 0)))
        (then (@metadata.code.branch_hint "\01") (if (local.get 0) (then)))
        (else (@metadata.code.branch_hint "\00") (br_if 1 (local.get 0)))))))

(assert_malformed_custom (module quote "(func i32.const 0 (@metadata.code.branch_hint \"\\00\") (@metadata.code.branch_hint \"\\00\") br_if 0)") "@metadata.code.branch_hint annotation: duplicate annotation")
(assert_malformed_custom (module quote "(func (@metadata.code.branch_hint \"\\00\") ((@metadata.code.branch_hint \"\\00\") br_if 0 (i32.const 0)))") "@metadata.code.branch_hint annotation: duplicate annotation")
(assert_malformed_custom (module quote "(@metadata.code.branch_hint \"\\00\") (func)") "@metadata.code.branch_hint annotation: not in a function")
(assert_malformed_custom (module quote "(func) (@metadata.code.branch_hint \"\\00\")") "@metadata.code.branch_hint annotation: not in a function")
(assert_malformed_custom (module quote "(module (func)) (@metadata.code.branch_hint \"\\00\")") "@metadata.code.branch_hint annotation: not in a function")
(assert_malformed_custom (module quote "(func i32.const 0 (@metadata.code.branch_hint \"\\02\") br_if 0)") "@metadata.code.branch_hint annotation: malformed hint")
(assert_malformed_custom (module quote "(func i32.const 0 (@metadata.code.branch_hint \"\\00\\00\") br_if 0)") "@metadata.code.branch_hint annotation: malformed hint")
(assert_malformed_custom (module quote "(func i32.const 0 (@metadata.code.branch_hint) br_if 0)") "@metadata.code.branch_hint annotation: malformed hint")
(assert_malformed_custom (module quote "(func i32.const 0 (@metadata.code.branch_hint 0) br_if 0)") "@metadata.code.branch_hint annotation: unexpected token")
(assert_invalid_custom (module (func i32.const 0 (@metadata.code.branch_hint "\00") drop)) "@metadata.code.branch_hint annotation: invalid target")
(assert_invalid_custom (module (func (param i32) (if (local.get 0) (@metadata.code.branch_hint "\00") (then)))) "@metadata.code.branch_hint annotation: invalid target")
(assert_invalid_custom (module (func (@metadata.code.branch_hint "\00"))) "@metadata.code.branch_hint annotation: invalid target")
(assert_invalid_custom (module (func (@metadata.code.branch_hint "\01") (loop))) "@metadata.code.branch_hint annotation: invalid target")
(assert_invalid_custom (module (func (br_table 0 (@metadata.code.branch_hint "\01") (i32.const 0)))) "@metadata.code.branch_hint annotation: invalid target")
