"""Contracts that want time, memory or stack without end."""
# ruff: noqa: E501  a case is one line of code

from __future__ import annotations

from tests.engine.vm.hostile.case import (
    ABNORMAL,
    FOREVER,
    GAS,
    LONG,
    MEMORY,
    RUNAWAY,
    STACK,
    THROWS,
    TIME,
    both,
    modern,
)

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
    both("switch without an end", "m() { for (;;) switch (1) { case 1: continue; } }", GAS),
    modern("computed key", "m() { return { [(() => { for (;;); })()]: 1 }; }", GAS),
    modern("spread of a trap", "m() { return { ...new Proxy({}, { ownKeys() { for (;;); } }) }; }", GAS),
    modern("default of a pattern", "m({ a = (() => { for (;;); })() } = {}) {}", GAS),
    modern("disposal", "m() { using x = { [Symbol.dispose]() { for (;;); } }; return 'x'; }", GAS),
    modern(
        "lastIndex with a looping valueOf",
        "m() { const r = /x/g; r.lastIndex = { valueOf() { for (;;); } }; return r.test('x'); }",
        GAS,
    ),
    modern(
        "grouping an array that grows",
        "m() { const a = [1]; return Object.groupBy(a, (x) => { a.push(1); return x; }); }",
        GAS,
        TIME,
    ),
    modern(
        "stringify with a lying replacer",
        "m() { return JSON.stringify({ a: 1 }, new Proxy([], { get: (t, k) => (k === 'length' ? 4294967295 : 'a') })).length; }",
        GAS,
        TIME,
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
        TIME,
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
    *(
        modern(
            f"prototypes in a circle by a proxy, {what}",
            f"m() {{ const t = {{}}; const p = new Proxy(t, {{}}); Object.setPrototypeOf(t, p); {use} }}",
            STACK,
            THROWS,
            gas=FOREVER,
        )
        for what, use in (
            ("in", "return 'x' in p;"),
            ("get", "return p.x;"),
            ("for in", "for (const k in p); return 'x';"),
            ("instanceof", "return p instanceof Array;"),
            ("thrown", "throw p;"),
            ("returned", "return p;"),
        )
    ),
    both("tagged template recursion", "f() { return this.f`x`; } m() { return this.f`x`; }", STACK, GAS),
    modern("optional call recursion", "f() { return this?.f?.(); } m() { return this.f(); }", STACK, GAS),
    modern(
        "new target recursion",
        "\nfunction F() { return new new.target(); }\nclass C { init() {} m() { return new F(); } }\nmodule.exports = C;",
        STACK,
        GAS,
    ),
    modern(
        "generator that delegates to itself",
        "*g() { yield* this.g(); } m() { return [...this.g()].length; }",
        STACK,
        GAS,
    ),
    *(
        modern(
            f"at the edge of the stack, {what}",
            f"f() {{ try {{ return this.f(); }} catch (e) {{ {act} }} }} m() {{ return this.f(); }}",
            STACK,
            gas=10**9,
        )
        for what, act in (
            ("host calls", "storage.put('k', 'v'); return storage.get('k');"),
            ("a call of another contract", "return blockchain.call('Contracthostile', 'm', '[]');"),
            ("an error", "return '' + typeof (new Error(e).stack + e.stack);"),
            ("a loop", "for (;;);"),
            ("a thrown toString", "throw { toString: () => this.f() };"),
            ("host calls again and again", "for (;;) try { storage.put('k', 'v'); this.f(); } catch {}"),
        )
    ),
]

NATIVE_LOOPS = [
    # Nothing of the contract runs in these: only prices of the call itself, and the clock, can end them.
    *(
        modern(
            f"{call} of a long array-like",
            f"m() {{ return '' + Array.prototype.{call}.call({{ length: 2 ** 53 - 1 }}, 1); }}",
            *ends,
        )
        for call, *ends in (
            *(("includes", THROWS, GAS), ("lastIndexOf", THROWS, GAS), ("fill", THROWS, GAS), ("join", THROWS, GAS)),
            *(("reverse", THROWS, GAS), ("toSorted", THROWS, GAS), ("flat", THROWS, GAS), ("shift", TIME, THROWS, GAS)),
            *(("unshift", THROWS), ("concat", "=[object Object],1"), ("at", "=undefined")),
        )
    ),
    *(
        modern(
            f"{call} of a sparse array",
            f"m() {{ return '' + new Array(4294967295).{call}(1); }}",
            TIME,
            THROWS,
            gas=FOREVER,
        )
        for call in ("includes", "indexOf", "reverse")
    ),
    modern("raw of a long template", "m() { return String.raw({ raw: { length: 2 ** 53 - 1 } }); }", TIME, *RUNAWAY),
    modern(
        "native iterator, for of",
        "m() { for (const x of { [Symbol.iterator]: () => ({ next: Object }) }); }",
        GAS,
        TIME,
    ),
    modern("native iterator, spread", "m() { return [...{ [Symbol.iterator]: () => ({ next: Object }) }]; }", *RUNAWAY),
    modern(
        "native iterator, Set", "m() { return new Set({ [Symbol.iterator]: () => ({ next: Object }) }); }", *RUNAWAY
    ),
    modern(
        "native iterator, some", "m() { return Iterator.from({ next: Object }).some(isNaN.bind(null, 1)); }", TIME, GAS
    ),
    modern("native iterator, drop", "m() { return Iterator.from({ next: Object }).drop(Infinity).next(); }", TIME, GAS),
    modern("iterator to an array", "m() { return Iterator.from({ next: () => ({ value: 1 }) }).toArray(); }", *RUNAWAY),
    modern(
        "union with a liar",
        "m() { return new Set([1]).union({ size: 1e9, has: () => true, keys: () => ({ next: Object }) }).size; }",
        *RUNAWAY,
        gas=FOREVER,
    ),
    modern(
        "map that grows while it is walked",
        "m() { const x = new Map([[1, 1]]); let n = 1; x.forEach(() => x.set(++n, 1)); }",
        *RUNAWAY,
    ),
    modern(
        "replace by a subclass that stays",
        "m() { class R extends RegExp { exec() { this.lastIndex = 0; return ['']; } } return 'abc'.replaceAll(new R('', 'g'), ''); }",
        *RUNAWAY,
    ),
    modern("asUintN", "m() { return BigInt.asUintN(1 << 30, -1n).toString(16).length; }", *RUNAWAY, gas=FOREVER),
    modern("big integer to text", "m() { return (7n ** 3000000n).toString().length; }", *RUNAWAY, gas=FOREVER),
    modern("big integer from text", "m() { return BigInt('9'.repeat(30000000)) % 7n; }", *RUNAWAY, gas=FOREVER),
    modern(
        "result whose length lies",
        "m() { return new Proxy([], { get: (t, k) => (k === 'length' ? 4294967295 : 'x') }); }",
        THROWS,
        GAS,
    ),
]

CASES = [*NATIVE_LOOPS, *LOOPS, *LONG_RUNS, *MEMORY_EATERS, *NESTING]
