"""Compiled code in the real sandbox: nobody reaches the counter, or goes on after what ends a frame."""

from __future__ import annotations

import pytest

from engine.chain.bare import BareCall, BareContract, run
from engine.values import Abi, AbiMethod, Profile


def outcome(workbench, source, *others, profile=Profile.IOST):
    def contract(name, text):
        key = workbench.compile(text, profile=profile).key
        return BareContract(name, key, profile, Abi(abi=(AbiMethod(name="m"),)))

    called = tuple(contract(f"other{number}", text) for number, text in enumerate(others))
    return run(workbench.sandbox.execute, BareCall(contract("c", source), "m", "[]", {}, others=called))


def modern(body, before=""):
    return f"{before}\nclass C {{ init() {{}} f() {{ return this.f(); }} m() {{ {body} }} }}\nmodule.exports = C;\n"


@pytest.mark.parametrize("way", ["top.caller.arguments", "top.caller.caller.arguments", "this"])
def test_a_factorys_arguments_do_not_lead_to_the_counter(workbench, way):
    source = f"""\
let found = 'nothing';
function top() {{
    const values = {way};
    for (const name in values) if (values[name] && values[name].incr) found = name;
}}
top();
class C {{ init() {{}} m() {{ return found; }} }}
module.exports = C;
"""
    seen = outcome(workbench, source)
    assert (seen.result, seen.error) in [
        ("nothing", None),
        (None, "Uncaught exception: TypeError: Cannot read properties of null (reading 'arguments')"),
    ]


@pytest.mark.parametrize(
    "body",
    [
        "try { this.f(); } catch (e) { return 'went on'; }",
        "try { this.f(); } catch { return 'went on'; }",
        "try { this.f(); } catch ({ message }) { return message; }",
        "try { this.f(); } finally { return 'went on'; }",
        "try { this.f(); } finally { throw new Error('hidden'); }",
        "for (let i = 0; i < 3; i++) { try { this.f(); } finally { continue; } } return 'went on';",
        "try { try { this.f(); } finally { storage.put('k', 'v'); } } catch (e) { return 'went on'; }",
        "function* g(c) { try { c.f(); } finally { yield 1; } } return [...g(this)].length;",
    ],
)
def test_a_full_stack_ends_a_modern_contract_whatever_it_catches(workbench, body):
    seen = outcome(workbench, modern(body), profile=Profile.MODERN)
    assert (seen.error_class, seen.error) == (
        "StackExceeded",
        "Uncaught exception: RangeError: Maximum call stack size exceeded",
    )


def test_a_full_stack_of_a_called_contract_ends_its_caller(workbench):
    caller = modern("try { blockchain.call('other0', 'm', []); } catch (e) { return 'went on'; }")
    seen = outcome(workbench, caller, modern("return this.f();"), profile=Profile.MODERN)
    assert seen.result is None
    assert "Maximum call stack size exceeded" in seen.error


@pytest.mark.parametrize(
    ("body", "result"),
    [
        ("try { throw 5; } catch (e) { let x = e; return x; }", "5"),
        (
            "try { throw new Error('x'); } catch ({ message, b = message + 1 }) { var q = message; return q + b; }",
            "xx1",
        ),
        ("try { null.x; } catch { return 1; } finally { this.a = 2; }", "1"),
        ("try { try { throw 1; } finally { this.a = 2; } } catch (e) { return e + this.a; }", "3"),
        ("try { throw new RangeError('mine'); } catch (e) { return e.message; }", "mine"),
        ("try { throw [1, 2]; } catch /* a ) */ ([a, b] /* ) */ ) { return a + b; }", "3"),
    ],
)
def test_everything_else_can_be_caught(workbench, body, result):
    assert outcome(workbench, modern(body), profile=Profile.MODERN).result == result


@pytest.mark.parametrize(
    ("declared", "body", "result", "error"),
    [
        ("", "return obj === this;", "true", None),
        ("", "obj = 5;", None, "TypeError: Assignment to constant variable."),
        ("", "return typeof rs;", None, "ReferenceError: Cannot access 'rs' before initialization"),
        (
            "const early = typeof obj;",
            "return early;",
            None,
            "ReferenceError: Cannot access 'obj' before initialization",
        ),
        ("", "return { toJSON() { return rs === this; } };", "true", None),
        ("function JSON() {}", "return {};", None, "TypeError: JSON.stringify is not a function"),
        ("var JSON = { stringify() { return 'own'; } };", "return {};", "own", None),
        ("let JSON = { stringify() { return 'own'; } };", "return null;", "own", None),
        ("function JSON() {}", "return 5;", "5", None),
    ],
)
def test_the_call_stands_in_the_contracts_own_script(workbench, declared, body, result, error):
    # spec/gas.md §8.1-8.2: `const obj = …; let rs = obj.m(); … JSON.stringify(rs)` follow the contract's text.
    seen = outcome(workbench, modern(body, before=declared))
    assert (seen.result, seen.error) == (result, error and f"Uncaught exception: {error}")


def test_chance_is_refused_in_methods_only_also_of_a_contract_that_is_called_meanwhile(workbench):
    callee = modern("return Math.random();", before="const seed = Math.random();")
    before = "const seed = Math.random(); const other = blockchain.call('other0', 'm', []);"
    seen = outcome(workbench, modern("return seed;", before=before), callee, profile=Profile.MODERN)
    assert "Math.random does not exist on a chain" in seen.error
    quiet = modern("return seed;", before="const seed = Math.random();")
    before = "const [other] = blockchain.call('other0', 'm', []); const seed = Math.random();"
    seen = outcome(workbench, modern("return [seed, other];", before=before), quiet, profile=Profile.MODERN)
    assert (seen.result, seen.error) == ('[0.5,"0.5"]', None)
