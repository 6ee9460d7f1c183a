// The pair of pair.wat on V8, under Deno: pair_v8.js MODULE N REPEATS prints REPEATS lines, each
// the nanoseconds of one pair. Other modules as for pair.c.
const [path, nText, repeatsText] = Deno.args;
const n = BigInt(nText);
const wasm = new WebAssembly.Module(Deno.readFileSync(path));
const { run } = new WebAssembly.Instance(wasm, {}).exports;

for (let i = 0; i < 20; i++) run(10000n); // let the optimising compiler have it
for (let i = 0; i < Number(repeatsText); i++) {
  const start = performance.now();
  const sum = run(n);
  const ns = ((performance.now() - start) * 1e6) / Number(n);
  if (sum !== (n * (n + 1n)) / 2n) throw new Error(`wrong sum ${sum}`);
  console.log(ns.toFixed(3));
}
