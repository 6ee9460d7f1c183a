"""Run a WASI command in Wasmtime: run_wasmtime.py MODULE [HOST GUEST]... [-- ARG...], so that its
output can be compared with ours. Variables of the environment that begin with GIVE_ are passed
on without that."""
import os
import sys

import wasmtime

words = sys.argv[2:]
at = words.index("--") if "--" in words else len(words)
dirs, args = words[:at], words[at + 1:]
config = wasmtime.WasiConfig()
config.argv = [sys.argv[1]] + args
config.env = [(k[5:], v) for k, v in os.environ.items() if k.startswith("GIVE_")]
config.inherit_stdin()
config.inherit_stdout()
config.inherit_stderr()
for host, guest in zip(dirs[::2], dirs[1::2]):
    config.preopen_dir(host, guest)
engine = wasmtime.Engine()
linker = wasmtime.Linker(engine)
linker.define_wasi()
store = wasmtime.Store(engine)
store.set_wasi(config)
module = wasmtime.Module.from_file(engine, sys.argv[1])
try:
    linker.instantiate(store, module).exports(store)["_start"](store)
except wasmtime.ExitTrap as end:
    sys.exit(end.code)
