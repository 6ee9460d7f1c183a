// Runs a test script on V8 under Deno, as far as JavaScript reaches: spec_v8.js JSON, where JSON is
// what `wasm-tools json-from-wast` made. Prints "pass LINE TYPE" or "fail LINE TYPE: WHY" for each
// command. Messages of errors are not compared, their classes are.
const [path] = Deno.args;
const dir = path.slice(0, path.lastIndexOf("/") + 1);
const script = JSON.parse(Deno.readTextFileSync(path));

const spectest = {
  print() {}, print_i32() {}, print_i64() {}, print_f32() {}, print_f64() {},
  print_i32_f32() {}, print_f64_f64() {},
  global_i32: 666, global_i64: 666n, global_f32: 666.6, global_f64: 666.6,
  memory: new WebAssembly.Memory({ initial: 1, maximum: 2 }),
  table: new WebAssembly.Table({ initial: 10, maximum: 20, element: "anyfunc" }),
};
const registry = { spectest };
const definitions = new Map(), instances = new Map();
let definition = null, instance = null;

const hosts = new Map();
function host(n) {
  if (!hosts.has(n)) hosts.set(n, { host: n });
  return hosts.get(n);
}

function argument({ type, value }) {
  switch (type) {
    case "i32": return Number(value) | 0;
    case "i64": return BigInt.asIntN(64, BigInt(value));
    case "f32": return new Float32Array(new Uint32Array([Number(value)]).buffer)[0];
    case "f64": return new Float64Array(new BigUint64Array([BigInt(value)]).buffer)[0];
    default: return value === "null" ? null : host(value);
  }
}

function matches(want, got) {
  if (want.type === "i32" || want.type === "i64") return argument(want) === got;
  if (want.value === "null") return got === null;
  return Object.is(argument(want), got);
}

function bytes(command) {
  return Deno.readFileSync(dir + command.filename);
}

function load(command) {
  return new WebAssembly.Module(bytes(command));
}

function act(action) {
  const from = action.module ? instances.get(action.module) : instance;
  if (!from) throw new Error("no instance");
  if (action.type === "get") return [from.exports[action.field].value];
  const result = from.exports[action.field](...action.args.map(argument));
  return result === undefined ? [] : Array.isArray(result) ? result : [result];
}

function classOf(e) {
  if (e instanceof WebAssembly.CompileError) return "invalid";
  if (e instanceof WebAssembly.LinkError) return "unlinkable";
  if (e instanceof WebAssembly.Exception) return "exception";
  if (e instanceof RangeError) return "exhaustion";
  // V8 has no error of its own for a suspension without a handler.
  if (e instanceof WebAssembly.RuntimeError) {
    return e.message.includes("unhandled suspend") ? "suspension" : "trap";
  }
  return e.constructor.name;
}

function must(want, f) {
  try {
    f();
  } catch (e) {
    const found = classOf(e);
    if (found !== want) throw new Error(`wanted ${want}; found ${found}: ${e.message}`);
    return;
  }
  throw new Error(`wanted ${want}; found none`);
}

function instantiate(command, module) {
  instance = null;
  instance = new WebAssembly.Instance(module, registry);
  if (command.name) instances.set(command.name, instance);
}

function run(command) {
  switch (command.type) {
    case "module_definition":
      definition = load(command);
      if (command.name) definitions.set(command.name, definition);
      return;
    case "module_instance":
      instantiate({ name: command.instance }, definitions.get(command.module));
      return;
    case "module": instantiate(command, load(command)); return;
    case "register":
      registry[command.as] = (command.name ? instances.get(command.name) : instance).exports;
      return;
    case "action": act(command.action); return;
    case "assert_return": {
      const got = act(command.action);
      const want = command.expected;
      if (got.length !== want.length || !want.every((w, i) => matches(w, got[i]))) {
        throw new Error(`wanted ${JSON.stringify(want)}; found ${got}`);
      }
      return;
    }
    case "assert_trap": must("trap", () => act(command.action)); return;
    case "assert_exhaustion": must("exhaustion", () => act(command.action)); return;
    case "assert_exception": must("exception", () => act(command.action)); return;
    case "assert_suspension": must("suspension", () => act(command.action)); return;
    case "assert_invalid": must("invalid", () => load(command)); return;
    case "assert_malformed":
      if (command.module_type === "binary") must("invalid", () => load(command));
      return;
    case "assert_unlinkable": {
      const module = load(command);
      must("unlinkable", () => new WebAssembly.Instance(module, registry));
      return;
    }
    default: throw new Error("unknown command");
  }
}

for (const command of script.commands) {
  try {
    run(command);
    console.log(`pass ${command.line} ${command.type}`);
  } catch (e) {
    console.log(`fail ${command.line} ${command.type}: ${String(e.message).replaceAll("\n", " ")}`);
  }
}
