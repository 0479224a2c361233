"""Databases for state tests."""

from __future__ import annotations

import pytest

from engine.state.stack import StateStack
from engine.state.store import Store


@pytest.fixture
def store(tmp_path):
    with Store.open(tmp_path / "chain") as opened:
        yield opened


@pytest.fixture
def stack(store):
    return StateStack(store)
