// Runs a module on V8 under Deno: v8_run.js MODULE [ARG...]. Gives it the part of WASI preview 1
// that our own programs use, calls _start, and leaves with the program's exit code. A module without
// _start is one of the C examples: its main is called and the results printed, a line each.
const [path, ...args] = Deno.args;
const EBADF = 8, EINVAL = 28;
const text = new TextEncoder();
let memory = null;
let exitCode = 0;

class Exit extends Error {}

const view = () => new DataView(memory.buffer);
const bytes = () => new Uint8Array(memory.buffer);

// The pieces of memory that a vector of (pointer, length) pairs names.
function pieces(iovs, count) {
  const v = view();
  const list = [];
  for (let i = 0; i < count; i++) {
    const at = v.getUint32(iovs + 8 * i, true);
    list.push(bytes().subarray(at, at + v.getUint32(iovs + 8 * i + 4, true)));
  }
  return list;
}

function writeAll(file, data) {
  for (let n = 0; n < data.length;) n += file.writeSync(data.subarray(n));
  return data.length;
}

// Strings one after the other, each ended by NUL, and the table of their addresses.
function putStrings(strings, table, at) {
  for (const s of strings) {
    view().setUint32(table, at, true);
    table += 4;
    const data = text.encode(s + "\0");
    bytes().set(data, at);
    at += data.length;
  }
  return 0;
}

function putSizes(strings, count, size) {
  view().setUint32(count, strings.length, true);
  view().setUint32(size, strings.reduce((n, s) => n + text.encode(s).length + 1, 0), true);
  return 0;
}

const argv = [path, ...args];
const wasi = {
  fd_write(fd, iovs, count, written) {
    const file = fd === 1 ? Deno.stdout : fd === 2 ? Deno.stderr : null;
    if (file === null) return EBADF;
    let n = 0;
    for (const piece of pieces(iovs, count)) n += writeAll(file, piece);
    view().setUint32(written, n, true);
    return 0;
  },
  fd_read(fd, iovs, count, nread) {
    if (fd !== 0) return EBADF;
    let n = 0;
    for (const piece of pieces(iovs, count)) {
      const got = piece.length === 0 ? 0 : Deno.stdin.readSync(piece) ?? 0;
      n += got;
      if (got < piece.length) break;
    }
    view().setUint32(nread, n, true);
    return 0;
  },
  args_sizes_get: (count, size) => putSizes(argv, count, size),
  args_get: (table, at) => putStrings(argv, table, at),
  environ_sizes_get: (count, size) => putSizes([], count, size),
  environ_get: (table, at) => putStrings([], table, at),
  clock_time_get(clock, _precision, out) {
    if (clock > 1) return EINVAL;
    const ms = clock === 0 ? Date.now() : performance.now();
    view().setBigUint64(out, BigInt(Math.round(ms * 1e6)), true);
    return 0;
  },
  random_get(at, n) {
    for (let i = 0; i < n; i += 65536) {
      crypto.getRandomValues(bytes().subarray(at + i, at + Math.min(n, i + 65536)));
    }
    return 0;
  },
  proc_exit(code) {
    exitCode = code;
    throw new Exit();
  },
};

// The host function of examples/c/03_imports.c.
const env = {
  print(at, n) {
    writeAll(Deno.stdout, bytes().subarray(at, at + n));
  },
};

try {
  const module = new WebAssembly.Module(Deno.readFileSync(path));
  const instance = new WebAssembly.Instance(module, { wasi_snapshot_preview1: wasi, env });
  memory = instance.exports.memory ?? null;
  const { _start, main } = instance.exports;
  if (_start) _start();
  else if (main) for (const result of [main()].flat()) if (result !== undefined) console.log(String(result));
} catch (e) {
  if (!(e instanceof Exit)) {
    console.error(`${path}: ${e}`);
    exitCode = 1;
  }
}
Deno.exit(exitCode);
