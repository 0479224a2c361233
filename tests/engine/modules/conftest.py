from __future__ import annotations

import pytest

from tests.engine.modules.kit import Workshop


@pytest.fixture(scope="session")
def workshop():
    workshop = Workshop()
    yield workshop
    workshop.close()
