"""The help pages of the rules: one each, and their examples are what they say."""

from __future__ import annotations

import contextlib
import re
from pathlib import Path

import pytest

from engine.compiler.compiler import Compiler
from engine.compiler.pack import Packer
from engine.compiler.pack.dependencies import MISSING_MODULE
from engine.compiler.pack.packer import NODE_BUILT_IN, UNPACKABLE
from engine.compiler.rules import RULES
from engine.errors import PackError
from engine.values import Profile

PAGES = Path(__file__).parents[3] / "resources" / "help" / "rules"
EXAMPLE = re.compile(r"## (Found|Not found)\n\n```js\n(.*?)```", re.DOTALL)
OF_PACKING = {MISSING_MODULE, NODE_BUILT_IN, UNPACKABLE}
WITHOUT_EXAMPLE = {"abi-mismatch", "code-size", "too-complex"}


def test_every_rule_has_a_page_and_every_page_a_rule() -> None:
    assert {page.stem for page in PAGES.glob("*.md")} == set(RULES)


@pytest.mark.parametrize("code", sorted(OF_PACKING))
def test_the_examples_about_packing_are_found_and_not_found(tmp_path: Path, code: str) -> None:
    examples = dict(EXAMPLE.findall((PAGES / f"{code}.md").read_text(encoding="utf-8")))
    (tmp_path / "found.js").write_text(examples["Found"])
    (tmp_path / "good.js").write_text(examples["Not found"])
    with contextlib.closing(Packer()) as packer:
        with pytest.raises(PackError) as caught:
            packer.pack(tmp_path, "found.js")
        assert [one.code for one in caught.value.diagnostics] == [code]
        assert packer.pack(tmp_path, "good.js").diagnostics == ()


@pytest.mark.parametrize("code", sorted(set(RULES) - OF_PACKING))
def test_the_examples_are_found_and_not_found(compiler: Compiler, code: str) -> None:
    examples = dict(EXAMPLE.findall((PAGES / f"{code}.md").read_text(encoding="utf-8")))
    if code in WITHOUT_EXAMPLE:
        assert not examples
        return
    found = {
        kind: {one.code for profile in Profile for one in compiler.check(source, profile=profile).diagnostics}
        for kind, source in examples.items()
    }
    assert code in found["Found"]
    assert found["Not found"] == set()
