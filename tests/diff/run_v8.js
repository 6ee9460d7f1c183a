// Runs on V8 under Deno what run.c ran on our engine: run_v8.js FIRST MODULES, and prints the
// same lines.
const FUEL = 60;

function statusOf(e) {
  if (e instanceof WebAssembly.Exception) return "exception";
  if (e instanceof RangeError) return "exhaustion";
  // V8 has no error of its own for a suspension without a handler.
  if (e instanceof WebAssembly.RuntimeError) {
    return e.message.includes("unhandled suspend") ? "suspension" : "trap";
  }
  return `${e.constructor.name}:${e.message}`;
}

// (module (func (export "trap") unreachable)): what JavaScript throws itself is an exception.
const { trap } = new WebAssembly.Instance(new WebAssembly.Module(new Uint8Array([
  0, 97, 115, 109, 1, 0, 0, 0, 1, 4, 1, 96, 0, 0, 3, 2, 1, 0, 7, 8, 1, 4, 116, 114, 97, 112, 0, 0,
  10, 5, 1, 3, 0, 0, 11,
]))).exports;

const imports = {
  host: {
    id(x) {
      if (x === 77) trap();
      return (Math.imul(x, 7) + 1) | 0;
    },
  },
};

function hashMemories(exports) {
  let h = 2166136261;
  for (let i = 0; exports[`m${i}`]; i++) {
    const words = new Int32Array(exports[`m${i}`].buffer);
    h = Math.imul(h ^ (words.length * 4), 16777619);
    for (let k = 0; k < words.length; k++) h = Math.imul(h ^ words[k], 16777619);
  }
  return (h >>> 0).toString(16).padStart(8, "0");
}

function run(bytes) {
  let text = "", exports;
  try {
    exports = new WebAssembly.Instance(new WebAssembly.Module(bytes), imports).exports;
  } catch (e) {
    if (e instanceof WebAssembly.CompileError) return ` invalid ${e.message}`;
    return ` instantiate=${statusOf(e)}`;
  }
  for (const name of Object.keys(exports)) {
    if (typeof exports[name] !== "function") continue;
    exports.fuel.value = FUEL;
    let status = "ok";
    try {
      exports[name]();
    } catch (e) {
      status = statusOf(e);
    }
    text += ` ${name}=${status}/${exports.fuel.value}`;
  }
  return `${text} memory=${hashMemories(exports)}`;
}

let seed = Number(Deno.args[0]);
const all = Deno.readFileSync(Deno.args[1]);
const view = new DataView(all.buffer);
const lines = [];
for (let at = 0; at < all.length; seed++) {
  const n = view.getUint32(at, true);
  lines.push(`${seed}${run(all.subarray(at + 4, at + 4 + n))}`);
  at += 4 + n;
}
console.log(lines.join("\n"));
