"""Random programs that end, and what running them shows: log, gas, steps, depth."""

from __future__ import annotations

import json

from hypothesis import strategies as st

from engine.values import Profile

NAMES = st.sampled_from(["a", "b", "c", "d"])
LITERALS = st.sampled_from(
    [
        "0",
        "1",
        "7",
        "''",
        "'a'",
        "'abc'",
        "`x`",
        "`t${a}`",
        "[1, 2]",
        "({p: 1})",
        "null",
        "({valueOf() { L('asked'); return 2; }})",
    ]
)
ODDITIES = st.sampled_from(
    [
        "-1",
        "2.5",
        "true",
        "undefined",
        "BigInt(2)",
        "Symbol('y')",
        "late",
        "({valueOf() { L('v'); return 2; }})",
        "({toString() { L('s'); return 's'; }})",
    ]
)
ATOMS = NAMES | NAMES | LITERALS | LITERALS | ODDITIES
OPERATORS = ["+", "-", "*", "/", "%", "&", ">>", "<", ">=", "===", "!=", "|", "&&", "||"]

HARNESS = """
(() => {
  const log = [];
  let gas = 0, steps = 0, depth = 0, deepest = 0;
  const L = (value) => {
    if (log.length > 400) throw 'enough';
    log.push(typeof value === 'object' && value ? JSON.stringify(value) : String(value));
    return value;
  };
  const incr = (units) => {
    if (!(units >= 0)) throw 'negative charge';
    gas += Math.trunc(units);
    if (gas > 100000) throw 'enough';
  };
  const binary = (a, b, operator) => {
    switch (operator) {
      case '+': return a + b;
      case '-': return a - b;
      case '*': return a * b;
      case '<': return a < b;
      case '>': return a > b;
      case '|': return a | b;
      default: return a === b;
    }
  };
  const template = (texts, ...values) => texts.map((text, i) => text + (i < values.length ? values[i] : '')).join('');
  let end = '';
  try {
    (function (L, _IOSTInstruction_counter, _IOSTBinaryOp, _IOSTTemplateTag, _IOSTSpreadElement, module,
               _strata_step, _strata_enter, _strata_exit, EVAL) {
      TEXT
    })(L, { incr, caught() {} }, binary, template, (value) => value, { exports: null },
       (id) => { steps += 1; log.seen?.add(id); }, () => { depth += 1; deepest = Math.max(deepest, depth); },
       () => { depth -= 1; }, (text) => text);
  } catch (error) {
    end = error instanceof Error ? error.name : String(error);
  }
  return JSON.stringify({ log, end, gas, steps, depth });
})()
"""


@st.composite
def expressions(draw, profile, depth):
    if depth <= 0:
        return draw(ATOMS)

    def inner():
        return draw(expressions(profile, depth - 1))

    modern = profile is Profile.MODERN
    kinds = ["atom", "binary", "assign", "choice", "update", "log", "arrow", "function", "call", "yield", "object"]
    kinds += ["new", "comma", "template", "spread"] + (["optional", "pattern", "class", "default"] if modern else [])
    match draw(st.sampled_from(kinds)):
        case "binary":
            return f"({inner()} {draw(st.sampled_from(OPERATORS))} {inner()})"
        case "assign":
            operators = ["=", "+=", "-="] + (["??=", "||="] if modern else [])
            return f"({draw(NAMES)} {draw(st.sampled_from(operators))} {inner()})"
        case "choice":
            return f"({inner()} ? {inner()} : {inner()})"
        case "update":
            return f"({draw(NAMES)}{draw(st.sampled_from(['++', '--']))})"
        case "log":
            return f"L({inner()})"
        case "arrow":
            return f"((x) => ({inner()}))({inner()})"
        case "function":
            return f"(function (x, y = {inner()}) {{ {draw(statements(profile, depth - 1))} return y; }})({inner()})"
        case "call":
            return f"f({inner()})"
        case "yield":
            return f"[...g({inner()})].length"
        case "object":
            return f"({{k: {inner()}, get v() {{ {draw(statements(profile, depth - 1))} return {inner()}; }}}}).v"
        case "new":
            return f"new C({inner()}).m({inner()})"
        case "comma":
            return f"({inner()}, {inner()})"
        case "template":
            return f"`q${{{inner()}}}w`"
        case "spread":
            return f"[{inner()}, ...[{inner()}]].length"
        case "optional":
            return f"({{a: {inner()}}})?.a"
        case "pattern":
            return f"(({{x = {inner()}, ...r}}) => [x, r])({{y: {inner()}}}).length"
        case "class":
            return f"new (class {{ z = {inner()}; h = () => this.z; static s = {inner()}; static {{ L(1); }} }})().h()"
        case "default":
            return "((h = () => 1, {k = function () {}} = {}) => h.name + k.name)()"
    return draw(ATOMS)


@st.composite
def statements(draw, profile, depth, most=2):
    return " ".join(draw(statement(profile, depth)) for _ in range(draw(st.integers(0, most))))


@st.composite
def statement(draw, profile, depth):
    def value():
        return draw(expressions(profile, max(0, depth - 1)))

    def body():
        lines = draw(statements(profile, depth - 1))
        return (
            f"{{ {lines} }}"
            if draw(st.booleans())
            else draw(st.sampled_from(["L(a);", ";", "b = 1;", f"{{ {lines} }}"]))
        )

    kinds = ["log", "assign"]
    if depth > 0:
        kinds += [
            "jump",
            "sum",
            "member",
            "if",
            "else",
            "for",
            "of",
            "in",
            "while",
            "do",
            "switch",
            "generator",
            "class",
            "block",
        ]
        kinds += ["label", "try", "let"] if profile is Profile.MODERN else []
    name = f"v{draw(st.integers(0, 10**6))}"
    match draw(st.sampled_from(kinds)):
        case "if":
            return f"if ({value()}) {body()}"
        case "else":
            return f"if ({value()}) {body()} else if ({value()}) {body()} else {body()}"
        case "for":
            return f"for (let {name} = 0; {name} < 3; {name}++) {body()}"
        case "of":
            return f"for (const {name} of [1, 2]) {body()}"
        case "in":
            return f"for (var {name} in {{u: 1, v: 2}}) {body()}"
        case "jump":
            jump = draw(st.sampled_from(["continue", "break"]))
            head = draw(st.sampled_from(["for (let i = 0; i < 3; i++)", "for (const i of [1, 2])", "while (--d > -3)"]))
            lines = draw(statements(profile, depth - 1))
            return f"{head} {{ {lines} if ({value()}) {jump}; {draw(statements(profile, depth - 1))} }}"
        case "sum":
            lines = draw(statements(profile, depth - 1))
            return f"{{ let s = 0; for (let i = 0; i < {value()}; i++) {{ s += i; {lines} if (i > 2) break; }} L(s); }}"
        case "member":
            return f"{{ const o = {{n: {value()}}}; o.n = o.n + {value()}; o.n += a; o['n']++; L(o.n); }}"
        case "while":
            return f"{{ let {name} = 2; while ({name}-- > 0) {body()} }}"
        case "do":
            return f"{{ let {name} = 0; do {body()} while ({name}++ < 2); }}"
        case "switch":
            return f"switch ({value()}) {{ case 1: L(1); break; case {value()}: L(2); default: {body()} }}"
        case "generator":
            rest = f"const i = {name}(); L(i.next().value); L(i.next({value()}).value); L(i.return(7).value);"
            return (
                f"{{ const {name} = function* () {{ const r = yield ({value()}, {value()}); L(r); yield; }}; {rest} }}"
            )
        case "class":
            members = (
                f"constructor() {{ L(0); }} get v() {{ return {value()}; }} static w(p = {value()}) {{ return p; }}"
            )
            return f"{{ class K {{ {members} }} L(new K().v); L(K.w()); }}"
        case "block":
            return f"{{ {draw(statements(profile, depth - 1))} }}"
        case "label":
            jump = draw(st.sampled_from(["continue", "break"]))
            return f"{name}: for (let i = 0; i < 3; i++) {{ L(i); if ({value()}) {jump} {name}; L(2); }}"
        case "try":
            return (
                f"try {{ if ({value()}) throw {value()}; L(1); }} catch (e) {{ L(String(e)); }} finally {{ {body()} }}"
            )
        case "let":
            return f"{{ let {{length: {name} = {value()}}} = [1]; L({name}); }}"
        case "assign":
            return f"{draw(NAMES)} = {value()};"
    return f"L({value()});"


@st.composite
def programs(draw, profile):
    return "\n".join(
        [
            "let a = 1, b = 'b', c = 0, d = null;",
            f"function f(x) {{ inner(); {draw(statements(profile, 1))} return x; function inner() {{ L('inner'); }} }}",
            f"function* g(x) {{ yield 1; {draw(statements(profile, 1))} yield* [2]; return x; }}",
            f"class C {{ constructor(x) {{ this.x = x; {draw(statements(profile, 1))} }} m(y) {{ return [y]; }} }}",
            "class D extends C { constructor() { super(1); } m(y) { return super.m(y); } }",
            "L(new D().m(2)); L(function () { return arguments.length; }(1, 2));",
            *(draw(statement(profile, 3)) for _ in range(draw(st.integers(1, 4)))),
            "let late = 3;",
        ]
    )


def run(isolate, text, *, stepping=False):
    """Run compiled text as the sandbox does and return what it showed."""
    name = "eval" if stepping else "unused"
    return json.loads(isolate.eval(HARNESS.replace("EVAL", name).replace("TEXT", text + "\n")))
