"""Contracts that reach for code, clocks, chance, and for what other contracts share."""
# ruff: noqa: E501  a case is one line of code

from __future__ import annotations

from tests.engine.vm.hostile.case import (
    GAS,
    REFUSED,
    RUNAWAY,
    THROWS,
    both,
    modern,
)

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
    modern("asynchronous disposal", "m() { return typeof AsyncDisposableStack; }", "=undefined"),
    modern(
        "console of V8",
        "m() { return [typeof console.memory, typeof console.context, typeof console.time].join(); }",
        "=undefined,undefined,undefined",
    ),
    modern(
        "names of shells",
        "m() { return [typeof gc, typeof print, typeof load, typeof quit, typeof d8, typeof ShadowRealm].join(''); }",
        "=undefinedundefinedundefinedundefinedundefinedundefined",
        REFUSED,
    ),
    modern(
        "locale of arrays",
        "m() { return [1234.5, 7n].toLocaleString() + new Uint16Array([1234]).toLocaleString(); }",
        "=1234.5,71234",
        THROWS,
    ),
    modern("clock by a date in words", "m() { return new Date().getFullYear() < 1971; }", "=true", THROWS),
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
    *(
        # Private names can be put on any object, frozen ones too; nobody but the class that made them can see them.
        modern(
            f"private name on {target}",
            f"m() {{ class B {{ constructor(o) {{ return o; }} }} class S extends B {{ #p = 1; static has(o) {{ return #p in o; }} }} if (S.has({target})) return 'seen'; new S({target}); return '' + S.has({target}); }}",
            "=true",
            THROWS,
        )
        for target in ("Array.prototype", "storage.get", "globalThis", "Object")
    ),
    modern(
        "accessor of __proto__",
        "m() { ({}).__lookupSetter__('__proto__').call(Array.prototype, { x: 1 }); return '' + [].x; }",
        THROWS,
        "=1",
    ),
    modern(
        "defineGetter",
        "m() { ({}).__defineGetter__.call(Object.prototype, 'x', () => 1); return '' + ({}).x; }",
        THROWS,
        "=1",
    ),
    modern(
        "freeze",
        "m() { Object.freeze = (x) => x; const o = Object.freeze({}); o.a = 1; return '' + o.a; }",
        THROWS,
        "=1",
    ),
    modern(
        "every global",
        "m() { const g = globalThis; for (const k of Reflect.ownKeys(g)) try { g[k] = 1; delete g[k]; } catch {} return typeof Object + typeof storage; }",
        "=functionobject",
    ),
    modern("undefined", "m() { undefined = 1; NaN = 2; return '' + undefined; }", THROWS, REFUSED),
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

CASES = [*ESCAPES, *AMBIENT, *POLLUTION, *COUNTER]
