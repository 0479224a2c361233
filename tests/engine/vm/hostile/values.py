"""Contracts that pass, return and throw values which are not what they seem."""
# ruff: noqa: E501  a case is one line of code

from __future__ import annotations

from tests.engine.vm.hostile.case import (
    ABNORMAL,
    FOREVER,
    GAS,
    LONG,
    REFUSED,
    STACK,
    THROWS,
    TIME,
    both,
    modern,
)

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
    modern("host function by a proxy", "m() { return new Proxy(storage.get, {})('k'); }", "=null", THROWS),
    modern(
        "host function by Reflect.construct",
        "m() { return Reflect.construct(storage.get, ['k'], Array); }",
        "={}",
        THROWS,
    ),
    modern("host function by a subclass", "m() { class S extends storage.get {} return new S('k'); }", "={}", THROWS),
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
    modern("boxed string", "m() { return new String('x'.repeat(70000)); }", LONG),
    modern(
        "boxed string that lies",
        "m() { class S extends String { get length() { return 1; } } return new S('x'.repeat(70000)); }",
        LONG,
    ),
    modern("thenable", "m() { return { then(f) { for (;;) f(1); } }; }", ABNORMAL),
    modern(
        "raw JSON",
        "m() { return { a: JSON.rawJSON('1e1000') }; }",
        '={"a":{"rawJSON":"1e1000"}}',
        '={"a":1e1000}',
        ABNORMAL,
    ),
    modern("array with toJSON", "m() { const a = [1]; a.toJSON = () => a; return a; }", "=[1]", ABNORMAL),
    modern(
        "object that grows while it is read",
        "m() { const o = {}; let n = 0; const add = () => { Object.defineProperty(o, 'k' + n++, { enumerable: true, get: add }); return 1; }; add(); return o; }",
        '={"k0":1}',
        GAS,
    ),
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
    modern("thrown cause", "m() { throw new Error('x', { cause: { get a() { for (;;); } } }); }", THROWS, GAS),
    modern("thrown aggregate", "m() { throw new AggregateError([{ toString() { for (;;); } }], 'x'); }", THROWS, GAS),
    modern(
        "thrown name", "m() { const e = new Error('x'); e.name = { toString() { for (;;); } }; throw e; }", GAS, THROWS
    ),
    modern(
        "thrown child of a proxy", "m() { throw Object.create(new Proxy({}, { get() { for (;;); } })); }", GAS, THROWS
    ),
    modern("thrown tag", "m() { throw { get [Symbol.toStringTag]() { for (;;); } }; }", GAS, THROWS),
]

SHAPES = [
    # What is exported, and the buffers under a view, change while they are used.
    modern(
        "exports are a proxy",
        "\nclass C { init() {} m() {} }\nmodule.exports = new Proxy(C, { construct() { for (;;); } });",
        GAS,
    ),
    modern(
        "exports are a getter",
        "\nclass C { init() {} m() {} }\nObject.defineProperty(module, 'exports', { get() { for (;;); } });\n",
        GAS,
        THROWS,
    ),
    modern("exports are bound", "\nclass C { init() {} m() { return 'x'; } }\nmodule.exports = C.bind(null);", "=x"),
    modern(
        "the instance is a proxy",
        "\nclass C { constructor() { return new Proxy({}, { get() { for (;;); } }); } init() {} m() {} }\nmodule.exports = C;",
        GAS,
    ),
    modern(
        "the method is a proxy",
        "\nclass C { init() {} m() {} }\nC.prototype.m = new Proxy(() => 1, { apply() { for (;;); } });\nmodule.exports = C;",
        GAS,
    ),
    modern(
        "buffer that goes while it is sorted",
        "m() { const b = new ArrayBuffer(64); const a = new Uint8Array(b); a.sort(() => { if (b.byteLength) b.transfer(); return 1; }); return a.length; }",
        "=0",
    ),
    modern(
        "buffer that shrinks while it is filled",
        "m() { const b = new ArrayBuffer(64, { maxByteLength: 64 }); const a = new Uint8Array(b); a.fill({ valueOf() { b.resize(1); return 7; } }); return a.length; }",
        "=1",
    ),
    modern(
        "buffer that goes while it is read",
        "m() { const b = new ArrayBuffer(64); return new DataView(b).getInt8({ valueOf() { b.transfer(); return 0; } }); }",
        THROWS,
    ),
    modern(
        "species that is too short",
        "m() { class A extends Uint8Array { static get [Symbol.species]() { return function () { return new Uint8Array(1); }; } } return new A(8).map((x) => 1).length; }",
        THROWS,
    ),
]

CASES = [*SHAPES, *HOST_ARGUMENTS, *RESULTS, *THROWN]
