"""Hostile contracts: what they try, and how each must end.

`ends` is a result (`=text`) or an error class; several are allowed where the profiles differ or it depends on the
engine's timing. `refused` means that it does not compile. Bodies are members of a class; whole sources start with a
line break.
"""
# ruff: noqa: E501  a case is one line of code

from __future__ import annotations

from typing import NamedTuple

IOST, MODERN, BOTH = ("iost",), ("modern",), ("iost", "modern")
FOREVER = 10**15
"""A gas limit that is never reached."""


class Case(NamedTuple):
    """One hostile contract."""

    name: str
    profiles: tuple[str, ...]
    code: str
    ends: tuple[str, ...]
    gas: int = 5_000_000


GAS, THROWS, STACK = "OutOfGas", "ContractException", "StackExceeded"
MEMORY, TIME, CRASH = "MemoryExceeded", "DeadlineExceeded", "WorkerCrashed"
LONG, ABNORMAL, REFUSED = "ResultTooLong", "AbnormalResult", "refused"
RUNAWAY = (MEMORY, TIME, CRASH, THROWS, GAS)
"""Ends of what eats memory without a gas limit: whichever guard is reached first."""


def both(name, code, *ends, gas=5_000_000):
    return Case(name, BOTH, code, ends, gas)


def modern(name, code, *ends, gas=5_000_000):
    return Case(name, MODERN, code, ends, gas)


LOOPS = [
    both("empty for", "m() { for (;;); }", GAS),
    both("empty while", "m() { while (true); }", GAS),
    both("do while", "m() { do {} while (1); }", GAS),
    both("for in", "m() { const o = {}; for (let i = 0; ; i++) { o[i] = 1; for (const k in o) o[k]; } }", GAS),
    both(
        "endless iterator", "m() { for (const x of { [Symbol.iterator]: () => ({ next: () => ({}) }) }); }", GAS, THROWS
    ),
    both("endless generator", "*g() { for (;;) yield 1; } m() { for (const x of this.g()); }", GAS),
    both("labelled continue", "m() { a: while (true) { while (true) { continue a; } } }", GAS),
    both("mutual recursion", "a() { return this.b(); } b() { return this.a(); } m() { return this.a(); }", STACK, GAS),
    both("loop in a getter", "get x() { for (;;); } m() { return this.x; }", GAS),
    both("loop in a setter", "set x(v) { for (;;); } m() { this.x = 1; }", GAS),
    both("loop in toString", "m() { return '' + { toString() { for (;;); } }; }", GAS, THROWS),
    both("loop in valueOf", "m() { return 1 * { valueOf() { for (;;); } }; }", GAS, THROWS),
    both(
        "loop in the constructor",
        "\nfunction C() { for (;;); }\nC.prototype.m = C;\nC.prototype.init = C;\nmodule.exports = C;",
        GAS,
    ),
    both("loop at top level", "\nclass C { init() {} m() {} }\nfor (;;);\nmodule.exports = C;", GAS),
    both("loop in a comma", "m() { for (; 1, 2, 3;); }", GAS),
    both("loop in a sort callback", "m() { [3, 2, 1].sort(function () { for (;;); }); }", GAS),
    both("loop in a map callback", "m() { [1].map(() => { for (;;); }); }", GAS),
    both("loop in a replace callback", "m() { 'a'.replace('a', () => { for (;;); }); }", GAS, THROWS),
    both("loop in toJSON", "m() { return JSON.stringify({ toJSON() { for (;;); } }); }", GAS, "={}"),
    modern("loop in a catch", "m() { for (;;) { try { throw 1; } catch { } } }", GAS),
    modern("loop in finally", "m() { try { return 1; } finally { for (;;); } }", GAS),
    modern("out of gas caught", "m() { try { for (;;); } catch (e) { return 'got away'; } }", GAS),
    modern("out of gas caught for ever", "m() { for (;;) { try { for (;;); } catch { continue; } } }", GAS),
    modern("out of gas, finally returns", "m() { try { for (;;); } finally { return 'got away'; } }", GAS),
    modern("out of gas, finally stores", "m() { try { for (;;); } finally { storage.put('k', 'v'); } }", GAS),
    modern("loop in a static block", "\nclass C { static { for (;;); } init() {} m() {} }\nmodule.exports = C;", GAS),
    modern("loop in a field", "x = (() => { for (;;); })(); m() {}", GAS),
    modern(
        "loop in closing an iterator",
        "m() { const i = { next: () => ({}), return() { for (;;); }, [Symbol.iterator]: () => i }; for (const x of i) throw 1; }",
        GAS,
    ),
    modern("loop in a default parameter", "m(a = (() => { for (;;); })()) {}", GAS),
    modern(
        "pattern of an endless iterator",
        "m() { const [...a] = { [Symbol.iterator]: () => ({ next: () => ({ value: 1 }) }) }; }",
        GAS,
    ),
    modern(
        "array from an endless iterator",
        "m() { Array.from({ [Symbol.iterator]: () => ({ next: () => ({ value: 1 }) }) }); }",
        GAS,
    ),
    modern(
        "map from an endless iterator",
        "m() { new Map({ [Symbol.iterator]: () => ({ next: () => ({ value: [1, 1] }) }) }); }",
        GAS,
    ),
]

LONG_RUNS = [
    modern(
        "catastrophic regular expression", "m() { return /^(a+)+$/.test('a'.repeat(50) + 'b'); }", TIME, gas=FOREVER
    ),
    modern("backtracking", "m() { return /(x+x+)+y/.exec('x'.repeat(60)); }", TIME, gas=FOREVER),
    modern(
        "regular expression from text",
        "m() { return new RegExp('^(([a-z])+.)+[A-Z]([a-z])+$').test('a'.repeat(60)); }",
        TIME,
        gas=FOREVER,
    ),
    modern("regular expression and gas", "m() { return /^(a+)+$/.test('a'.repeat(50) + 'b'); }", TIME, GAS),
    modern("big power", "m() { let x = 3n; for (;;) x = x * x; }", *RUNAWAY, gas=FOREVER),
    modern(
        "big division", "m() { let x = 7n ** 100000n; for (;;) x % 12345678901234567n; }", TIME, THROWS, gas=FOREVER
    ),
    both("long loop", "m() { for (;;); }", TIME, gas=FOREVER),
    both("recursion for ever", "m() { for (;;) this.f(300); } f(n) { if (n > 0) this.f(n - 1); }", TIME, gas=FOREVER),
    modern(
        "prototype chain",
        "m() { let o = {}; for (let i = 0; i < 1e5; i++) o = Object.create(o); for (;;) o.nothing; }",
        TIME,
        gas=FOREVER,
    ),
    both(
        "sort of much",
        "m() { const a = []; for (let i = 0; i < 9999; i++) a.push(i * 7919 % 100003); for (;;) a.sort(); }",
        TIME,
        MEMORY,
        gas=FOREVER,
    ),
    both("json round and round", "m() { for (;;) JSON.parse(JSON.stringify([1, 2, 3])); }", TIME, gas=FOREVER),
    both("host calls round and round", "m() { for (;;) storage.put('k', 'v'); }", TIME, gas=FOREVER),
    both("console round and round", "m() { for (;;) console.log('x'); }", TIME, MEMORY, gas=FOREVER),
    both(
        "big numbers round and round",
        "m() { let x = new BigNumber(3); for (;;) x = x.times(x); }",
        *RUNAWAY,
        gas=FOREVER,
    ),
]

MEMORY_EATERS = [
    both("growing array", "m() { const a = []; for (;;) a.push([1, 2, 3, 4, 5, 6, 7, 8]); }", *RUNAWAY, gas=FOREVER),
    both("growing object", "m() { const o = {}; for (let i = 0; ; i++) o['key' + i] = [i]; }", *RUNAWAY, gas=FOREVER),
    both("growing text", "m() { let s = 'x'; for (;;) s += s; }", *RUNAWAY, gas=FOREVER),
    both(
        "growing closures",
        "m() { let f = () => 1; for (;;) { const g = f; const a = [1, 2, 3]; f = () => g && a; } }",
        *RUNAWAY,
        gas=FOREVER,
    ),
    both(
        "repeat",
        "m() { const a = []; for (let i = 0; ; i++) a.push(('x' + i).repeat(1000000) + i); }",
        *RUNAWAY,
        gas=FOREVER,
    ),
    both(
        "join of a sparse array",
        "m() { const a = []; a.length = 4294967295; return a.join('x'); }",
        *RUNAWAY,
        gas=FOREVER,
    ),
    both("huge array length", "m() { const a = []; a.length = 4294967295; a.push(1); }", THROWS, GAS),
    both("sparse fill", "m() { const a = []; a[100000000] = 1; return a.fill(1).length; }", *RUNAWAY, gas=FOREVER),
    both("new Array", "m() { const a = []; for (;;) a.push(new Array(1000000)); }", *RUNAWAY, gas=FOREVER),
    modern(
        "typed arrays",
        "m() { const a = []; for (;;) a.push(new Uint8Array(10000000).fill(1)); }",
        *RUNAWAY,
        gas=FOREVER,
    ),
    modern(
        "array buffers", "m() { const a = []; for (;;) a.push(new ArrayBuffer(100000000)); }", *RUNAWAY, gas=FOREVER
    ),
    modern(
        "resizable buffer",
        "m() { const b = new ArrayBuffer(1, { maxByteLength: 4e9 }); b.resize(3e9); new Uint8Array(b).fill(1); }",
        *RUNAWAY,
        gas=FOREVER,
    ),
    modern("maps", "m() { const x = new Map(); for (let i = 0; ; i++) x.set(i, [i]); }", *RUNAWAY, gas=FOREVER),
    modern("sets", "m() { const x = new Set(); for (let i = 0; ; i++) x.add('k' + i); }", *RUNAWAY, gas=FOREVER),
    modern("symbols", "m() { const a = []; for (let i = 0; ; i++) a.push(Symbol('x' + i)); }", *RUNAWAY, gas=FOREVER),
    modern("big integers", "m() { const a = []; for (;;) a.push(1n << 1000000n); }", *RUNAWAY, gas=FOREVER),
    modern("normalize", "m() { return 'ﷺ'.repeat(1 << 24).normalize('NFKD').length; }", *RUNAWAY, gas=FOREVER),
    modern("error message", "m() { throw new Error('x'.repeat(1 << 28)); }", *RUNAWAY, gas=FOREVER),
    modern("split, a V8 fatal", "m() { return 'a'.repeat(2 ** 29 - 25).split('').length; }", *RUNAWAY, gas=FOREVER),
    modern("match, a V8 fatal", "m() { return 'a'.repeat(2 ** 28).match(/a/g).length; }", *RUNAWAY, gas=FOREVER),
    modern("string too long", "m() { return 'x'.repeat(2 ** 30); }", THROWS, GAS, gas=FOREVER),
    modern("padStart", "m() { return 'x'.padStart(2 ** 28, 'ab').length; }", "=268435456", *RUNAWAY, gas=FOREVER),
    modern("doubling arrays", "m() { let a = [1]; for (;;) a = a.concat(a); }", *RUNAWAY, gas=FOREVER),
    modern(
        "flat",
        "m() { let a = [1]; for (let i = 0; i < 40; i++) a = [a, a]; return a.flat(Infinity).length; }",
        *RUNAWAY,
        STACK,
        gas=FOREVER,
    ),
    modern(
        "spread arguments",
        "m() { const a = new Array(1e8).fill(0); return Math.max(...a); }",
        *RUNAWAY,
        STACK,
        gas=FOREVER,
    ),
]

NESTING = [
    both(
        "nested JSON text",
        "m() { return JSON.parse('['.repeat(100000) + ']'.repeat(100000)).length; }",
        THROWS,
        STACK,
        GAS,
        "=1",
        gas=FOREVER,
    ),
    both(
        "nested arrays as JSON",
        "m() { let a = []; for (let i = 0; i < 100000; i++) a = [a]; return JSON.stringify(a); }",
        STACK,
        THROWS,
        LONG,
        GAS,
        gas=FOREVER,
    ),
    both(
        "nested result",
        "m() { let a = {}; for (let i = 0; i < 100000; i++) a = { a: a }; return a; }",
        STACK,
        THROWS,
        LONG,
        GAS,
        ABNORMAL,
        gas=FOREVER,
    ),
    both("cyclic result", "m() { const o = {}; o.o = o; return o; }", THROWS, ABNORMAL, STACK),
    both("cyclic array result", "m() { const a = []; a.push(a); return a; }", THROWS, ABNORMAL, STACK),
    both("cyclic array as text", "m() { const a = []; a.push(a); return '' + a; }", "=", GAS, STACK, THROWS),
    both("deep recursion", "m() { return this.m(); }", STACK, gas=FOREVER),
    both(
        "deep recursion with arguments", "m(a) { return this.m([a], 1, 2, 3, 4, 5, 6, 7, 8, 9); }", STACK, gas=FOREVER
    ),
    both(
        "deep toString",
        "m() { const o = { toString() { return '' + o; } }; return '' + o; }",
        STACK,
        THROWS,
        gas=FOREVER,
    ),
    modern(
        "deep recursion caught",
        "m() { try { return this.m(); } catch (e) { return 'caught'; } }",
        STACK,
        "=caught",
        gas=FOREVER,
    ),
    modern(
        "deep proxy",
        "m() { let p = {}; for (let i = 0; i < 100000; i++) p = new Proxy(p, {}); return p.x; }",
        STACK,
        THROWS,
        gas=FOREVER,
    ),
    modern(
        "deep bind",
        "m() { let f = () => 1; for (let i = 0; i < 100000; i++) f = f.bind(null); return f(); }",
        STACK,
        THROWS,
        "=1",
        gas=FOREVER,
    ),
    modern(
        "deep regular expression",
        "m() { return new RegExp('('.repeat(50000) + ')'.repeat(50000)).test(''); }",
        THROWS,
        STACK,
        GAS,
        gas=FOREVER,
    ),
]

ESCAPES = [
    both("eval", "m() { return eval('1 + 1'); }", THROWS, REFUSED),
    both("indirect eval", "m() { return (0, eval)('1 + 1'); }", THROWS, REFUSED),
    both("Function", "m() { return Function('return 1')(); }", THROWS, REFUSED),
    both("new Function", "m() { return new Function('return 1')(); }", THROWS, REFUSED),
    both("constructor chain", "m() { return this.m.constructor('return 1')(); }", THROWS, REFUSED),
    both("constructor of a literal", "m() { return ''.constructor.constructor('return 1')(); }", THROWS, REFUSED),
    both("constructor of an array method", "m() { return [].map.constructor('return 1')(); }", THROWS, REFUSED),
    both(
        "constructor by computed name",
        "m() { const c = 'constr' + 'uctor'; return this[c][c]('return 1')(); }",
        THROWS,
        REFUSED,
    ),
    both("generator constructor", "*g() {} m() { return this.g.constructor('yield 1')().next(); }", THROWS, REFUSED),
    both(
        "generator constructor by prototype",
        "*g() {} m() { return this.g.__proto__.constructor('yield 1')(); }",
        THROWS,
        REFUSED,
    ),
    both("class constructor", "m() { return this.constructor.constructor('return 1')(); }", THROWS, REFUSED),
    both("constructor of a host function", "m() { return storage.get.constructor('return 1')(); }", THROWS, REFUSED),
    both("constructor of BigNumber", "m() { return BigNumber.constructor('return 1')(); }", THROWS, REFUSED),
    both(
        "constructor of a wrapped library",
        "m() { return new Int64(1).plus.constructor('return 1')(); }",
        THROWS,
        REFUSED,
    ),
    modern(
        "constructor by Reflect",
        "m() { return Reflect.construct(Object.getPrototypeOf(() => 1).constructor, ['return 1'])(); }",
        THROWS,
    ),
    modern("async function constructor", "m() { return (async () => {}).constructor('return 1')(); }", THROWS, REFUSED),
    modern(
        "async generator constructor",
        "m() { return (async function* () {}).constructor('return 1')(); }",
        THROWS,
        REFUSED,
    ),
    modern("eval by the global object", "m() { return globalThis.eval('1'); }", THROWS, REFUSED),
    modern("Function by the global object", "m() { return globalThis['Func' + 'tion']('return 1')(); }", THROWS),
    modern("import", "m() { return import('x'); }", REFUSED),
    modern("import meta", "m() { return import.meta; }", REFUSED),
    modern("callee", "m() { return (function () { return arguments.callee.caller; })(); }", THROWS, REFUSED),
    modern("caller", "m() { return this.m.caller; }", THROWS),
    modern(
        "stack trace hook",
        "m() { Error.prepareStackTrace = (e, s) => s; return new Error().stack[0].getThis(); }",
        THROWS,
        REFUSED,
    ),
    modern("captureStackTrace", "m() { return typeof Error.captureStackTrace; }", "=undefined"),
    modern("stacks tell nothing", "m() { return new Error('x').stack; }", "=Error: x"),
    both("unicode escape in a name", "m() { return \\u0065val('1'); }", THROWS, REFUSED),
    both("unicode escape of the counter", "m() { \\u005fIOSTInstruction_counter.incr(-5); }", THROWS, REFUSED),
    both("long unicode escape", "m() { return \\u{65}val('1'); }", THROWS, REFUSED),
    both("require of a file system", "m() { return require('fs').readFileSync('x'); }", THROWS, REFUSED),
    both("require of a process", "m() { return require('child_process').exec; }", THROWS, REFUSED, "="),
    both("HTML comment", "m() { <!-- x\n return 1; }", REFUSED, "=1"),
    both(
        "closing the factory",
        "\nclass C { init() {} m() {} }\nmodule.exports = C; }); for (;;); (function () {",
        REFUSED,
    ),
    both("source name comment", "m() {\n throw new Error('x'); }\n//# sourceURL=other.js\n", THROWS),
    modern("with", "m() { with ({}) { return 1; } }", REFUSED),
    modern(
        "this at top level",
        "\nconst g = this;\nclass C { init() {} m() { return typeof g; } }\nmodule.exports = C;",
        "=undefined",
    ),
]

AMBIENT = [
    *(
        both(f"global {name}", f"m() {{ return typeof {name}; }}", "=undefined", "=object", REFUSED)
        for name in (
            *("WebAssembly", "SharedArrayBuffer", "Atomics", "Intl", "Temporal", "WeakRef"),
            *("FinalizationRegistry", "Promise", "setTimeout", "queueMicrotask", "performance"),
            *("__strataHost", "__strataMemory", "__strataBoot", "__strataPrepare"),
        )
    ),
    both("Math.random", "m() { return Math.random(); }", THROWS),
    # Profile modern has a Date of its own, which stands at the block's time.
    both("global Date", "m() { return typeof Date; }", "=object", "=function"),
    both("new Date", "m() { return new Date().getTime(); }", THROWS, "=0"),
    both("Date.now", "m() { return Date.now(); }", THROWS, "=0"),
    both("BigNumber.random", "m() { return BigNumber.random().toString(); }", THROWS),
    modern("locale", "m() { return (1234.5).toLocaleString() + 'a'.localeCompare('b'); }", THROWS),
    modern("locale upper case", "m() { return 'i'.toLocaleUpperCase('tr'); }", THROWS),
    modern("promise by an async function", "m() { return (async () => 1)(); }", REFUSED),
    modern("microtask loop", "m() { const f = async () => { await 1; f(); }; f(); return 'x'; }", REFUSED),
    modern("promise by fromAsync", "m() { return typeof Array.fromAsync; }", "=undefined"),
    modern("the global object is closed", "m() { globalThis.x = 1; return globalThis.x; }", THROWS, "=1"),
    modern("undeclared name", "m() { leaked = 1; return leaked; }", THROWS, REFUSED),
]

POLLUTION = [
    modern("Object.prototype", "m() { Object.prototype.x = 1; return ({}).x; }", THROWS, "=1"),
    modern("Array.prototype.push", "m() { Array.prototype.push = () => 'mine'; return [].push(1); }", THROWS, "=mine"),
    modern("Symbol.iterator", "m() { Array.prototype[Symbol.iterator] = null; return 'x'; }", THROWS, "=x"),
    modern("by __proto__", "m() { ({}).__proto__.x = 1; return ({}).x; }", THROWS, "=1"),
    modern("by constructor", "m() { ({}).constructor.prototype.x = 1; return ({}).x; }", THROWS, "=1"),
    modern(
        "by computed constructor",
        "m() { const c = ['con', 'structor'].join(''); ({})[c]['proto' + 'type'].x = 1; return ({}).x; }",
        THROWS,
        "=1",
    ),
    modern(
        "defineProperty",
        "m() { Object.defineProperty(Array.prototype, 'x', { value: 1 }); return [].x; }",
        THROWS,
        "=1",
    ),
    modern("setPrototypeOf", "m() { Object.setPrototypeOf(Array.prototype, { x: 1 }); return [].x; }", THROWS, "=1"),
    modern("setPrototypeOf Object", "m() { Object.setPrototypeOf(Object.prototype, { x: 1 }); return 'x'; }", THROWS),
    modern(
        "Reflect.set", "m() { Reflect.set(String.prototype, 'x', 1); return typeof ''.x; }", "=undefined", "=number"
    ),
    modern("static member", "m() { Object.keys = () => ['mine']; return Object.keys({})[0]; }", THROWS, "=mine"),
    modern("Math member", "m() { Math.max = () => 7; return Math.max(1); }", THROWS, "=7"),
    modern("JSON member", "m() { JSON.stringify = () => 'mine'; return { a: 1 }; }", THROWS, "=mine", '={"a":1}'),
    modern(
        "BigNumber prototype",
        "m() { BigNumber.prototype.plus = () => 'mine'; return '' + new BigNumber(1).plus(1); }",
        THROWS,
        "=mine",
    ),
    modern(
        "BigNumber settings",
        "m() { BigNumber.config({ DECIMAL_PLACES: 1 }); return new BigNumber(1).div(3).toString(); }",
        THROWS,
        "=0.3",
    ),
    modern("Error prototype", "m() { Error.prototype.toString = () => 'mine'; throw new Error('x'); }", THROWS),
    modern("RegExp prototype", "m() { RegExp.prototype.exec = () => null; return /a/.test('a'); }", THROWS, "=false"),
    modern(
        "generator prototype", "*g() {} m() { Object.getPrototypeOf(this.g).prototype.next = () => 1; }", THROWS, "="
    ),
    modern(
        "iterator prototype",
        "m() { Object.getPrototypeOf([].values()).next = () => ({ done: true }); return [...[1]].length; }",
        THROWS,
        "=0",
    ),
    modern("host object", "m() { storage.get = () => 'mine'; return storage.get('x'); }", THROWS, "=mine"),
    modern("host function", "m() { storage.get.x = 1; return storage.get.x; }", THROWS, "=1"),
    modern(
        "library class", "m() { Int64.prototype.plus = () => 'mine'; return new Int64(1).plus(1); }", THROWS, "=mine"
    ),
    modern("block", "m() { block.number = 5; return 'x'; }", THROWS, "=x"),
    modern("deleted member", "m() { delete Array.prototype.map; return typeof [].map; }", THROWS, "=undefined"),
    modern(
        "array species",
        "m() { class A extends Array { static get [Symbol.species]() { for (;;); } } return A.from([1]).map((x) => x).length; }",
        GAS,
    ),
    modern("hasInstance", "m() { return 1 instanceof { [Symbol.hasInstance]() { for (;;); } }; }", GAS, THROWS),
    modern("toPrimitive", "m() { return +{ [Symbol.toPrimitive]() { for (;;); } }; }", GAS),
    modern(
        "isConcatSpreadable",
        "m() { return [].concat({ length: 4294967295, [Symbol.isConcatSpreadable]: true }).length; }",
        *RUNAWAY,
    ),
    both(
        "open contracts start afresh",
        "m() { const a = '' + String.prototype.mine; String.prototype.mine = 1; return a; }",
        "=undefined",
        THROWS,
    ),
]

HOST_ARGUMENTS = [
    *(
        both(
            f"{call} with {label}",
            f"m() {{ return {call}({value}{rest}); }}",
            THROWS,
            GAS,
            "=",
            "=null",
            "=false",
            "=0",
        )
        for call, rest in (
            ("storage.get", ""),
            ("storage.has", ""),
            ("storage.put", ", 'v'"),
            ("blockchain.receipt", ""),
        )
        for label, value in (
            ("nothing", "undefined"),
            ("an object", "{ toString() { return 'k'; } }"),
            ("a looping toString", "{ toString() { for (;;); } }"),
            ("a symbol", "Symbol('x')"),
            ("an array", "['k']"),
            ("a boxed string", "Object('k')"),
            ("a function", "() => 'k'"),
        )
    ),
    both("key with NUL", "m() { storage.put('a\\0b', 'v'); return storage.get('a\\0b'); }", "=v", THROWS),
    both("key with separators", "m() { storage.put('a-b@c/d', 'v'); return storage.get('a-b@c/d'); }", "=v", THROWS),
    both("key with a surrogate", "m() { storage.put('\\ud800', 'v'); return storage.get('\\ud800'); }", "=v", THROWS),
    both(
        "value with a surrogate", "m() { storage.put('k', '\\udfff'); return storage.get('k').length; }", "=1", THROWS
    ),
    both("long key", "m() { storage.put('k'.repeat(100000), 'v'); return 'x'; }", THROWS, "=x"),
    both("long value", "m() { storage.put('k', 'v'.repeat(100000)); return 'x'; }", THROWS, "=x"),
    both("very long value", "m() { storage.put('k', 'v'.repeat(1 << 25)); return 'x'; }", THROWS, GAS, gas=FOREVER),
    both("long console line", "m() { console.log('v'.repeat(200000)); return 'x'; }", THROWS, "=x"),
    both("console of an object", "m() { console.log({ toString() { for (;;); } }); return 'x'; }", THROWS, GAS, "=x"),
    both("host function as a constructor", "m() { return new storage.get('k'); }", THROWS, "={}"),
    both(
        "host function with another receiver",
        "m() { return storage.get.call(null, 'k'); }",
        "=null",
        "=",
        THROWS,
        REFUSED,
    ),
    both("call without arguments", "m() { return blockchain.call(); }", THROWS),
    both("call of itself", "m() { return blockchain.call('Contracthostile', 'm', '[]'); }", THROWS, STACK, GAS),
    both(
        "call of itself for ever",
        "m() { return blockchain.call('Contracthostile', 'm', '[]'); }",
        THROWS,
        STACK,
        GAS,
        TIME,
        gas=FOREVER,
    ),
    both(
        "call with hostile arguments",
        "m() { return blockchain.call('x', 'y', { toJSON() { for (;;); } }); }",
        THROWS,
        GAS,
    ),
    modern(
        "call of itself, caught",
        "m() { for (;;) { try { blockchain.call('Contracthostile', 'm', '[]'); } catch { } } }",
        GAS,
        TIME,
    ),
    modern("proxy argument", "m() { return storage.get(new Proxy({}, { get() { for (;;); } })); }", THROWS, GAS),
    modern("getter argument", "m() { return blockchain.call('x', 'y', [{ get a() { for (;;); } }]); }", GAS, THROWS),
]

RESULTS = [
    both("long result", "m() { return 'x'.repeat(65537); }", LONG),
    both("result bomb", "m() { return 'x'.repeat(1 << 24); }", LONG, GAS, THROWS, gas=FOREVER),
    both("wide result", "m() { return '한'.repeat(30000); }", LONG),
    both("lone surrogate", "m() { return '\\ud800'; }", "=\ufffd"),
    both("function", "m() { return () => 1; }", "=", ABNORMAL),
    both("symbol", "m() { return Symbol('x'); }", "=undefined", ABNORMAL, THROWS),
    both("null", "m() { return null; }", "=null"),
    both("undefined", "m() {}", "="),
    both("minus zero", "m() { return -0; }", "=0"),
    both("not a number", "m() { return 0 / 0; }", "=NaN"),
    both("result with toJSON", "m() { return { toJSON() { for (;;); } }; }", GAS, "={}", ABNORMAL),
    both("result with a getter", "m() { return { get a() { for (;;); } }; }", GAS),
    modern("big integer", "m() { return 1n; }", "=1", ABNORMAL, THROWS),
    modern("proxy result", "m() { return new Proxy({}, { ownKeys() { for (;;); } }); }", GAS, ABNORMAL),
    modern("revoked proxy", "m() { const r = Proxy.revocable({}, {}); r.revoke(); return r.proxy; }", ABNORMAL, THROWS),
    modern("typed array result", "m() { return new Uint8Array(3); }", '={"0":0,"1":0,"2":0}', ABNORMAL),
    modern("map result", "m() { return new Map([[1, 2]]); }", "={}", ABNORMAL),
]

THROWN = [
    *(
        both(f"thrown {value}", f"m() {{ throw {value}; }}", THROWS)
        for value in (
            "null",
            "undefined",
            "1",
            "'text'",
            "{}",
            "[]",
            "Symbol('x')",
            "{ toString: null }",
            "{ __proto__: null }",
        )
    ),
    both("thrown looping toString", "m() { throw { toString() { for (;;); } }; }", GAS, THROWS),
    both("thrown throwing toString", "m() { throw { toString() { throw 1; } }; }", THROWS),
    both("thrown throwing itself", "m() { const o = { toString() { throw o; } }; throw o; }", THROWS),
    modern(
        "thrown proxy",
        "m() { throw new Proxy({}, { get() { for (;;); }, getPrototypeOf() { for (;;); } }); }",
        GAS,
        THROWS,
    ),
    modern("thrown revoked proxy", "m() { const r = Proxy.revocable({}, {}); r.revoke(); throw r.proxy; }", THROWS),
    modern(
        "thrown getter message",
        "m() { throw Object.defineProperty(new Error(), 'message', { get() { for (;;); } }); }",
        GAS,
        THROWS,
    ),
    modern(
        "thrown stack getter",
        "m() { throw Object.defineProperty(new Error('x'), 'stack', { get() { for (;;); } }); }",
        THROWS,
    ),
    modern("thrown frozen", "m() { throw Object.freeze(new TypeError('x')); }", THROWS),
    modern("looks like out of gas", "m() { throw new Error('out of gas'); }", THROWS),
    modern(
        "looks like a stack overflow",
        "m() { throw new RangeError('Maximum call stack size exceeded'); }",
        STACK,
        THROWS,
    ),
]

COUNTER = [
    *(
        both(f"counter {label}", f"m() {{ {code} return 'x'; }}", REFUSED)
        for label, code in (
            ("negative", "_IOSTInstruction_counter.incr(-1000);"),
            ("huge", "_IOSTInstruction_counter.incr(1e300);"),
            ("replaced", "_IOSTInstruction_counter = { incr() {} };"),
            ("member replaced", "_IOSTInstruction_counter.incr = () => 0;"),
            ("member deleted", "delete _IOSTInstruction_counter.incr;"),
            ("shadowed", "const _IOSTInstruction_counter = { incr() {} };"),
            ("shadowed by a parameter", "((_IOSTInstruction_counter) => 1)({});"),
        )
    ),
    both("helper replaced", "m() { _IOSTBinaryOp = () => 1; return 1 + 1; }", REFUSED),
    both(
        "factory arguments replaced",
        "\narguments[0] = { incr() {} };\nclass C { init() {} m() { for (;;); } }\nmodule.exports = C;",
        REFUSED,
        THROWS,
        GAS,
    ),
    both(
        "factory arguments emptied",
        "\narguments[0].incr = null;\nclass C { init() {} m() { for (;;); } }\nmodule.exports = C;",
        REFUSED,
        THROWS,
        GAS,
    ),
    modern(
        "factory arguments hand out the counter",
        "\nconst a = arguments[0];\nclass C { init() {} m() { a.incr(-1e6); } }\nmodule.exports = C;",
        REFUSED,
        THROWS,
    ),
    modern("step probes", "m() { return typeof _strata_step; }", "=undefined", REFUSED),
    both("members of the wrong thing", "m() { return [].push.call({}, 1); }", THROWS, "=1", REFUSED),
    both("members of a number", "m() { return ''.concat.call(5, 'x').repeat(3); }", "=5x5x5x", THROWS, REFUSED),
]

CASES = [
    *(*LOOPS, *LONG_RUNS, *MEMORY_EATERS, *NESTING, *ESCAPES, *AMBIENT),
    *(*POLLUTION, *HOST_ARGUMENTS, *RESULTS, *THROWN, *COUNTER),
]
