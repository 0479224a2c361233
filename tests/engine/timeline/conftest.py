from pathlib import Path

import pytest

from engine.facade import DeployRequest, Engine
from tests.engine.timeline.support import ABI, CONTRACT


@pytest.fixture(scope="module")
def engine(tmp_path_factory):
    """A chain that the tests of one module share; deeds of one test are seen by the next."""
    made = Engine.open(tmp_path_factory.mktemp("timeline"))
    yield made
    made.close()


@pytest.fixture(scope="module")
def contract(engine, tmp_path_factory):
    """The id of a deployed counter, whose source is a file."""
    file: Path = tmp_path_factory.mktemp("source") / "counter.js"
    file.write_text(CONTRACT, encoding="utf-8")
    request = DeployRequest(name="counter", source=CONTRACT, publisher="alice", file=str(file), abi=ABI)
    return engine.deploy(request).result(60).contract.id
