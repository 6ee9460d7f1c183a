(module
  (type $point (struct (field $x i32) (field $y f64)))
  (import "env" "log" (func $log (param i32)))
  (func $fold (export "fold") (param $a i32) (param i64) (result i32)
    (local $sum i64) (local f32 f32) (local $p (ref null $point)) (local $v v128)
    (local.set $p (struct.new $point
      (local.get $a)
      (f64.const 1.5)))
    (if (result i32) (local.get $a)
      (then
        (call $log (local.get $a))
        (i32.const 1))
      (else
        (i32.wrap_i64
          (i64.add
            (local.get $sum)
            (local.get 1))))))
  (func $empty)
  (func $two (result i32 i64)
    i32.const 70000
    i64.const 2)
  (func $flat (param $n i32)
    block $out
      loop $again
        local.get $n
        i32.eqz
        br_if $out
        br $again
      end
    end))
