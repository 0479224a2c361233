"""What would differ from node to node: `Date` shows the block's time in UTC, chance and generated code are refused."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.engine.modules import kit


def outcome(workshop, folder: Path, source: str):
    main = folder / "main.js"
    main.write_text(source)
    return workshop.outcome(workshop.pack(main))


def result(workshop, folder: Path, expression: str, before: str = ""):
    ended = outcome(workshop, folder, f"{before}\nexports.run = () => {expression};\n")
    assert ended.error is None
    return json.loads(ended.result)


def test_now_is_the_time_of_the_block(workshop, tmp_path):
    expression = "[Date.now(), new Date().getTime(), +new Date(), Date()]"
    milliseconds = kit.BLOCK_TIME // 1_000_000
    text = "Tue Nov 14 2023 22:13:20 GMT+0000 (Coordinated Universal Time)"
    assert result(workshop, tmp_path, expression) == [milliseconds, milliseconds, milliseconds, text]


def test_the_zone_of_the_machine_makes_no_difference(workshop, tmp_path, monkeypatch):
    dates = ["2020-07-01T12:00", "Jul 1 2020 12:00", "2020-07-01", "7/1/2020", "Wed, 01 Jul 2020 12:00:00 +0200"]
    expression = (
        f"{json.dumps(dates)}.map((text) => [Date.parse(text), new Date(2020, 6, 1).getTime(), String(new Date(0))])"
    )
    seen = []
    for zone in ("UTC", "America/New_York", "Asia/Kolkata"):
        monkeypatch.setenv("TZ", zone)
        seen.append(result(workshop, tmp_path, expression))
    assert seen[0] == seen[1] == seen[2]
    assert [parsed for parsed, *_ in seen[0][:3]] == [1593604800000, 1593604800000, 1593561600000]


def test_what_depends_on_a_locale_is_gone(workshop, tmp_path):
    names = "['toLocaleString', 'toLocaleDateString', 'toLocaleTimeString', 'toTemporalInstant']"
    assert result(workshop, tmp_path, f"{names}.map((name) => typeof Date.prototype[name]).concat(typeof Intl)") == [
        "undefined" if name != "toLocaleString" else "function"
        for name in ("toLocaleString", "toLocaleDateString", "toLocaleTimeString", "toTemporalInstant", "Intl")
    ]


def test_texts_that_go_on_and_on_are_no_dates(workshop, tmp_path):
    assert result(workshop, tmp_path, "[Date.parse(':00'.repeat(300000)), Date.parse(' '.repeat(200))]") == [None, None]


def test_chance_is_refused_while_a_method_runs(workshop, tmp_path):
    ended = outcome(workshop, tmp_path, "exports.run = () => Math.random();\n")
    assert ended.error == (
        "Uncaught exception: Error: Math.random does not exist on a chain: every node must compute the same"
    )


def test_libraries_may_ask_for_a_number_while_they_are_loaded(workshop, tmp_path):
    before = "const seed = Math.random(); const other = Math.random();"
    assert result(workshop, tmp_path, "[seed, seed === other]", before) == [0.5, True]


@pytest.mark.parametrize(
    "code", ["new Function('return 1')()", "Function('return 1')()", "(() => {}).constructor('')()", "eval('1')"]
)
def test_generated_code_is_refused(workshop, tmp_path, code):
    ended = outcome(workshop, tmp_path, f"exports.run = () => {code};\n")
    assert "EvalError: Code generation from strings disallowed for this context" in ended.error


def test_what_a_library_leaves_in_the_global_object_is_gone_in_the_next_run(workshop, tmp_path):
    source = "globalThis.count = (globalThis.count ?? 0) + 1;\nexports.run = () => [globalThis.count, global.count];\n"
    main = tmp_path / "main.js"
    main.write_text(source)
    pack = workshop.pack(main)
    assert [json.loads(workshop.outcome(pack).result) for _ in range(2)] == [[1, 1], [1, 1]]


@pytest.fixture(scope="module")
def date_pack(workshop, tmp_path_factory):
    """Dates of three numbers that come as JSON in a comment-free place: the script is packed once."""
    folder = tmp_path_factory.mktemp("dates")
    template = (
        "exports.run = () => NUMBERS.map((n) => { const d = new Date(n); const c = new Date(n); c.setHours(n % 50);\n"
    )
    template += "  return [d.getTime(), String(d), d.getDay(), d.getMonth(), d.getYear(), c.getTime()]; });\n"
    return folder, template


@settings(max_examples=8)
@given(numbers=st.lists(st.integers(-(10**15), 10**15) | st.floats(-1e13, 1e13), min_size=1, max_size=5))
def test_dates_are_those_of_node_in_utc(workshop, date_pack, numbers):
    folder, template = date_pack
    source = template.replace("NUMBERS", json.dumps(numbers))
    ended = outcome(workshop, folder, source)
    node = kit.run_node(["-p", "JSON.stringify(require('./main.js').run())"], folder)
    assert json.loads(ended.result) == json.loads(node)
