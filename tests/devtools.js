// devtools.js: a breakpoint on a source line, through a source map and Chromium's DevTools
// protocol. Arguments: the browser, a folder with steps.wasm, steps.wasm.map and steps.wat, and an
// empty folder for the browser's profile. Prints TAP; run by tests/devtools.sh with Deno.
//
// The page and what it loads come from here. The client knows the line only: it finds the offset
// in the bytes through the source map, and from where the program stops the line again.

const [browser, folder, profile] = Deno.args;
const LIMIT_MS = 30000;
let nDone = 0;

function ok(isGood, name, note) {
  nDone++;
  console.log(`${isGood ? "ok" : "not ok"} ${nDone} - ${name}`);
  if (!isGood && note !== undefined) console.log(`#   ${JSON.stringify(note)}`);
}
const same = (got, want, name) => ok(got === want, name, { got, want });

// ---- The page -------------------------------------------------------------------------------

const PAGE = `<!doctype html><title>steps</title><script>
const ready = WebAssembly.instantiateStreaming(fetch("steps.wasm"))
  .then((made) => { globalThis.go = made.instance.exports.go; });
</script>`;
const KINDS = { wasm: "application/wasm", map: "application/json", wat: "text/plain" };

function serve() {
  return Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, async (request) => {
    const name = new URL(request.url).pathname.slice(1);
    if (name === "") return new Response(PAGE, { headers: { "content-type": "text/html" } });
    const kind = KINDS[name.split(".").pop()];
    if (!/^[a-z.]+$/.test(name) || !kind) return new Response("", { status: 404 });
    const body = await Deno.readFile(`${folder}/${name}`);
    return new Response(body, { headers: { "content-type": kind } });
  });
}

// ---- The browser ----------------------------------------------------------------------------

function launch() {
  const args = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--disable-dev-shm-usage", "--remote-debugging-port=0", `--user-data-dir=${profile}`,
    "--js-flags=--wasm-wasmfx", "about:blank"];
  return new Deno.Command(browser, { args, stdin: "null", stdout: "null", stderr: "piped" })
    .spawn();
}

// What the browser says of its address, on standard error, which is read to its end.
function findAddress(child) {
  return new Promise((resolve, reject) => {
    (async () => {
      let text = "";
      for await (const part of child.stderr.pipeThrough(new TextDecoderStream())) {
        text = (text + part).slice(-10000);
        const found = /DevTools listening on (ws:\S+)/.exec(text);
        if (found) resolve(found[1]);
      }
      reject(new Error(`the browser ended: ${text}`));
    })();
  });
}

// A client: send calls a method and waits for its result, next for an event.
class Client {
  constructor(socket) {
    this.socket = socket;
    this.calls = new Map();
    this.events = [];
    this.waiting = [];
    this.nCalls = 0;
    socket.onmessage = (message) => this.take(JSON.parse(message.data));
  }
  static open(address) {
    return new Promise((resolve, reject) => {
      const socket = new WebSocket(address);
      socket.onopen = () => resolve(new Client(socket));
      socket.onerror = () => reject(new Error("no connection to the browser"));
    });
  }
  take(message) {
    const call = this.calls.get(message.id);
    this.calls.delete(message.id);
    if (call && message.error) call.reject(new Error(JSON.stringify(message.error)));
    else if (call) call.resolve(message.result);
    else this.events.push(message);
    this.waiting = this.waiting.filter((w) => !this.deliver(w));
  }
  deliver(w) {
    const i = this.events.findIndex((e) => e.method === w.method && w.isIt(e.params));
    if (i < 0) return false;
    w.resolve(this.events.splice(i, 1)[0].params);
    return true;
  }
  send(method, params = {}) {
    const id = ++this.nCalls;
    this.socket.send(JSON.stringify({ id, method, params, sessionId: this.session }));
    return new Promise((resolve, reject) => this.calls.set(id, { resolve, reject }));
  }
  next(method, isIt = () => true) {
    return new Promise((resolve) => {
      const w = { method, isIt, resolve };
      if (!this.deliver(w)) this.waiting.push(w);
    });
  }
}

// ---- The source map -------------------------------------------------------------------------

const DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

// The segments of the one line, with absolute numbers: {at, source, line, column}, lines and
// columns from 0; without source where code comes from nowhere.
function readMappings(map) {
  let at = 0, source = 0, line = 0, column = 0;
  return map.mappings.split(",").map((segment) => {
    const numbers = [];
    let bits = 0, shift = 0;
    for (const c of segment) {
      const digit = DIGITS.indexOf(c);
      bits += (digit & 31) * 2 ** shift;
      shift += 5;
      if (digit & 32) continue;
      numbers.push(bits % 2 ? -(bits - 1) / 2 : bits / 2);
      bits = shift = 0;
    }
    at += numbers[0];
    if (numbers.length === 1) return { at };
    source += numbers[1];
    line += numbers[2];
    column += numbers[3];
    return { at, source, line, column };
  });
}

const firstOf = (segments, line) => segments.find((s) => s.line === line);
const lineAt = (segments, at) => segments.filter((s) => s.at <= at).pop()?.line;

// ---- The test -------------------------------------------------------------------------------

async function localOf(client, frame, name) {
  const scope = frame.scopeChain.find((s) => s.type === "local");
  const { result } = await client.send("Runtime.getProperties",
    { objectId: scope.object.objectId, ownProperties: true });
  const found = result.find((p) => p.name === name || p.name === `$${name}`)?.value;
  if (!found || found.value !== undefined) return found?.value;
  const inside = await client.send("Runtime.getProperties",
    { objectId: found.objectId, ownProperties: true });
  return inside.result.find((p) => p.name === "value")?.value?.value;
}

async function stopAt(client, script, segments, line) {
  const { breakpointId, actualLocation } = await client.send("Debugger.setBreakpoint", {
    location: { scriptId: script.scriptId, lineNumber: 0,
                columnNumber: firstOf(segments, line).at } });
  same(lineAt(segments, actualLocation.columnNumber), line, `a breakpoint on line ${line + 1}`);
  return breakpointId;
}

async function paused(client, script, segments, line, name, wanted) {
  const { callFrames } = await client.next("Debugger.paused");
  const { scriptId, lineNumber, columnNumber } = callFrames[0].location;
  ok(scriptId === script.scriptId && lineNumber === 0, "the program stops in the module");
  same(lineAt(segments, columnNumber), line, `on line ${line + 1}`);
  same(await localOf(client, callFrames[0], name), wanted, `where ${name} is ${wanted}`);
}

async function debug(client, base) {
  const { targetId } = await client.send("Target.createTarget", { url: "about:blank" });
  const { sessionId } = await client.send("Target.attachToTarget", { targetId, flatten: true });
  client.session = sessionId;
  await client.send("Runtime.enable");
  await client.send("Debugger.enable");
  await client.send("Page.enable");
  await client.send("Page.navigate", { url: base });
  const script = await client.next("Debugger.scriptParsed",
    (p) => p.scriptLanguage === "WebAssembly");
  same(script.sourceMapURL, "steps.wasm.map", "the module names its source map");

  const url = new URL(script.sourceMapURL, script.url);
  const map = await (await fetch(url)).json();
  same(map.version, 3, "of revision 3");
  const source = await (await fetch(new URL(map.sources[0], url))).text();
  same(map.sourcesContent[0], source, "the source is where it says, and in it");
  const segments = readMappings(map);
  const lines = source.split("\n");
  const here = lines.findIndex((l) => l.includes("HERE"));
  const sum = lines.findIndex((l) => l.includes("SUM"));

  await client.send("Runtime.evaluate", { expression: "ready", awaitPromise: true });
  const first = await stopAt(client, script, segments, here);
  const result = client.send("Runtime.evaluate", { expression: "go()", returnByValue: true });
  await paused(client, script, segments, here, "i", 0);
  await client.send("Debugger.resume");
  await paused(client, script, segments, here, "i", 1);
  await client.send("Debugger.removeBreakpoint", { breakpointId: first });
  const second = await stopAt(client, script, segments, sum);
  await client.send("Debugger.resume");
  await paused(client, script, segments, sum, "total", 3);
  await client.send("Debugger.removeBreakpoint", { breakpointId: second });
  await client.send("Debugger.resume");
  same((await result).result.value, 6, "and it goes on to its end");
}

async function main() {
  const server = serve();
  const child = launch();
  let timer;
  const limit = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`not done in ${LIMIT_MS} ms`)), LIMIT_MS);
  });
  let client;
  try {
    const run = async () => {
      client = await Client.open(await findAddress(child));
      await debug(client, `http://127.0.0.1:${server.addr.port}/`);
      client.session = undefined;
      await client.send("Browser.close").catch(() => {});
    };
    await Promise.race([run(), limit]);
  } catch (error) {
    ok(false, "the browser can be debugged", String(error));
  }
  clearTimeout(timer);
  const end = setTimeout(() => child.kill("SIGKILL"), 3000);
  await child.status;
  clearTimeout(end);
  client?.socket.close();
  await server.shutdown();
  console.log(`1..${nDone}`);
  Deno.exit(0);
}

await main();
