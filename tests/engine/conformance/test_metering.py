"""Gas that compiled code pays in the real sandbox: nobody reaches the counter."""

from __future__ import annotations

import pytest

from engine.chain.bare import BareCall, BareContract, run
from engine.values import Abi, AbiMethod


def outcome(workbench, source, *, gas_limit=10_000_000, arguments="[]"):
    key = workbench.compile(source).key
    method = AbiMethod(name="m")
    contract = BareContract("c", key, abi=Abi(abi=(method,)))
    return run(workbench.sandbox.execute, BareCall(contract, "m", arguments, {}, gas_limit=gas_limit))


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
