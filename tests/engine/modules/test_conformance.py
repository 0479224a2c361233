"""Every project of the kit prints in the sandbox what it prints in Node."""

from __future__ import annotations

import pytest

from tests.engine.modules import kit


@pytest.mark.parametrize("name", kit.names())
def test_the_sandbox_prints_what_node_prints(workshop, tmp_path, name):
    assert workshop.printed(kit.FIXTURES / name, tmp_path / name) == kit.expected()[name]


def test_the_kit_is_complete():
    assert sorted(kit.expected()) == kit.names()
    assert len(kit.names()) >= 60
