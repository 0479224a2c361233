from __future__ import annotations

import pytest

from engine.facade import Engine
from tests.engine.entrance.http.client import Node


@pytest.fixture(scope="package")
def node(tmp_path_factory):
    """A node over a chain of its own, shared by the tests of this folder; blocks with every transaction."""
    engine = Engine.open(tmp_path_factory.mktemp("node"))
    client = Node(engine)
    yield client
    client.close()
    engine.close()
