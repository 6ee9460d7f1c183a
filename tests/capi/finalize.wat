(module (func (export "f")) (table 5 funcref))
