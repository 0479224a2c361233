"""What every diagnostic code means: the text of its help page (the rules themselves are `resources/toolchain/lint`)."""

from __future__ import annotations

from engine.values import Value

__all__ = ["RULES", "Rule"]


class Rule(Value, frozen=True):
    """A diagnostic code for people: what it is about, why it matters, what to do."""

    code: str
    title: str
    explanation: str
    remedy: str


def _table(*rules: tuple[str, str, str, str]) -> dict[str, Rule]:
    return {code: Rule(code, title, explanation, remedy) for code, title, explanation, remedy in rules}


RULES = _table(
    # --- the source does not compile ---
    (
        "syntax",
        "Syntax error",
        "The text is not JavaScript that the profile accepts. Profile iost knows ECMAScript 2017 without object "
        "spread, "
        "class fields, optional chaining, `??`, big integers and modules; profile modern knows today's ECMAScript.",
        "Correct the text at the marked place, or choose the other profile.",
    ),
    (
        "empty-source",
        "Nothing to compile",
        "The source contains no statement. The chain refuses it with an empty error text.",
        "Write a class and export it.",
    ),
    (
        "too-complex",
        "Too complex to be compiled",
        "The source is nested too deeply, too large, or took too long to read.",
        "Split it, or remove generated code.",
    ),
    (
        "reserved-name",
        "Name of the gas counter",
        "Contracts cannot use the names by which gas is counted.",
        "Choose another name.",
    ),
    (
        "no-regexp",
        "Regular expressions",
        "Profile iost refuses regular expression literals.",
        "Use indexOf, split, startsWith or a loop over characters.",
    ),
    (
        "no-try",
        "try and catch",
        "Profile iost refuses the words `try` and `catch`, even as names of members. A failure always ends the "
        "transaction.",
        "Check before you act; write a member's name in brackets: `o['catch']`.",
    ),
    (
        "no-async",
        "async and await",
        "A contract call runs to its end at once; nothing can be waited for. Profile iost refuses the words in any "
        "role.",
        "Write plain functions.",
    ),
    (
        "no-pattern",
        "Destructuring",
        "Profile iost refuses array and object patterns in declarations, assignments and parameters.",
        "Take the members one by one: `const a = o.a;`.",
    ),
    (
        "no-import",
        "import()",
        "Modules cannot be loaded while a contract runs.",
        "Use `require` at the top; the project is packed into one script.",
    ),
    (
        "lost-parentheses",
        "Parentheses get lost",
        "The chain writes a contract out again before running it. In `for (x of (a, b))`, `[(a, b)]` as a key and "
        "`extends (x => x)` the parentheses vanish and the result does not parse.",
        "Put the expression into a variable first.",
    ),
    # --- the contract as a whole ---
    (
        "no-export",
        "No contract is exported",
        "A contract is a class that the last statement assigns to `module.exports`.",
        "End the source with `module.exports = NAME;`.",
    ),
    (
        "wrong-export",
        "The export is not a class",
        "In profile iost the last statement must be `module.exports = NAME;` with a class declared at top level.",
        "Declare the class by name and export that name at the end.",
    ),
    (
        "no-init",
        "No init method",
        "`init` runs once when the contract is deployed. A class without it is refused.",
        "Add `init() {}`.",
    ),
    (
        "constructor",
        "A constructor",
        "The class is made anew for every call, so a constructor is refused.",
        "Do what has to be done once in `init`, and keep state in storage.",
    ),
    (
        "abi-mismatch",
        "Interface and class differ",
        "The interface (.abi) lists a method that is missing, or with another number of arguments.",
        "Change the interface or the method; without an interface file it is derived from the source.",
    ),
    (
        "argument-type",
        "Unknown argument type",
        "Arguments of a transaction are string, bool, number (64-bit integers) or json.",
        "Write one of them in the doc comment: `@param {number} amount`.",
    ),
    (
        "code-size",
        "Too much code",
        "The chain accepts 49152 bytes of source.",
        "Remove code, or split the contract in two that call each other.",
    ),
    # --- names ---
    (
        "unused-variable",
        "Unused name",
        "The name is declared and never read.",
        "Remove it, or begin its name with an underscore.",
    ),
    (
        "unused-parameter",
        "Unused parameter",
        "The parameter is never read.",
        "Remove it, or begin its name with an underscore.",
    ),
    (
        "undeclared",
        "Undeclared name",
        "The name is neither declared in the source nor part of a contract's world. Reading it throws a "
        "ReferenceError; "
        "assigning it makes a global variable outside classes and throws inside.",
        "Declare it with `let` or `const`, or correct its spelling.",
    ),
    (
        "taken-name",
        "Name of the runtime",
        "A top level declaration collides with a name of the runtime (`storage`, `block`, `tx`, `obj`, …). The "
        "contract "
        "compiles, but every call fails.",
        "Choose another name; inside functions it is free.",
    ),
    (
        "duplicate-declaration",
        "Declared twice",
        "One scope declares a name twice. The contract compiles, but cannot be loaded.",
        "Rename one of the two.",
    ),
    (
        "removed-builtin",
        "Not available in a contract",
        "Every node must compute the same, so clocks, timers, promises and code from texts are gone. Profile iost also "
        "lacks Map, Set, parseInt and others.",
        "Use what the message suggests.",
    ),
    (
        "removed-member",
        "Member not available",
        "Profile iost keeps a part of the members of strings, arrays and Math; the rest is null.",
        "Write the loop yourself, or use another member.",
    ),
    (
        "unknown-module",
        "Unknown module",
        "In profile iost `require` knows 'storage' and 'blockchain'; anything else gives an empty object.",
        "Open the folder as a project: its dependencies are packed.",
    ),
    # --- packing ---
    (
        "missing-module",
        "Module not found",
        "An import leads nowhere: there is no such file, or the npm package is not installed. Modules are found as "
        "Node finds them.",
        "Correct the path, or let Strata install what is missing (Run, Install Missing Packages…).",
    ),
    (
        "node-built-in",
        "Module of Node's",
        "The module works with files, the network or the machine, which are not the same on every node of a chain. In "
        "your own files that is an error. In a library it is a warning: the import works, and using it throws.",
        "Hand what is needed to the contract as an argument, or choose a library that only computes.",
    ),
    (
        "pack",
        "Packing failed",
        "esbuild, which makes one script of a project's modules, cannot read a module or warns of something in it. "
        "The message names the imports that lead there.",
        "Correct the module at the marked place; what a library does wrong is put right by another version of it.",
    ),
    # --- security ---
    (
        "write-after-call",
        "State is written after a call",
        "The called contract may call back into this one before the state says what happened (re-entrancy).",
        "Check, write storage, and call last. Built-in contracts never call back; for them this is a hint.",
    ),
    (
        "unchecked-auth",
        "Nobody is asked who they are",
        "Anyone can call a public method. This one moves tokens with the contract's authority.",
        "Begin with `if (!blockchain.requireAuth(owner, 'active')) throw new Error('no permission');`.",
    ),
    (
        "unbounded-loop",
        "Loop over a storage map",
        "The loop visits every entry. When the map has grown, the call costs more gas than a transaction may use.",
        "Let the caller say which entries, keep a running total, or work in pages.",
    ),
    # --- numbers and storage ---
    (
        "float-amount",
        "JavaScript numbers for amounts",
        "Numbers are binary fractions: 0.1 + 0.2 is not 0.3, and whole numbers are exact to 2^53 only. Texts are "
        "joined "
        "instead of added.",
        "Compute with Int64, Float64 or BigNumber and store their text.",
    ),
    (
        "storage-type",
        "Only texts are stored",
        "`storage.put` and `storage.mapPut` throw if the value is not a text.",
        "Use String(value) or JSON.stringify(value).",
    ),
    (
        "lost-state",
        "Fields do not survive the call",
        "The contract object is made anew for every call, so what `init` puts into `this` is gone afterwards.",
        "Use storage.put and storage.get.",
    ),
    # --- what profile iost does differently ---
    (
        "loose-equality",
        "== is ===",
        "Profile iost compares strictly whichever operator is written, so `x == null` is false for undefined.",
        "Write === and say what you mean.",
    ),
    (
        "target-twice",
        "The target is evaluated twice",
        "`a[i++] += 1` becomes `a[i++] = a[i++] + 1`: it reads one element, writes the next and moves i by two.",
        "Do the side effect in a statement of its own.",
    ),
    (
        "arrow-this",
        "this in an arrow without braces",
        "`x => e` becomes `x => function () { return e; }()`, which has no `this`, `arguments` and `super`.",
        "Write `x => { return e; }`.",
    ),
    (
        "detached-label",
        "Lost label",
        "The charge in front of a labelled `for` takes the label away; the contract cannot be loaded.",
        "Use a labelled `while`, a flag, or a function with `return`.",
    ),
    (
        "console-text",
        "console wants a text first",
        "In profile iost console.log(5) and console.log() throw.",
        "Write `console.log('%v', value)` or `console.log('' + value)`.",
    ),
    (
        "no-directive",
        "'use strict' has no effect",
        "The charge in front of a directive makes it a plain statement (which costs 3 gas). Classes are strict anyway.",
        "Remove it.",
    ),
)
