import pytest

from engine.values import CompiledContract, Profile
from ide.debugger.controller import DebugController
from tests.ide.debugger.fake_session import FakeSession
from tests.ide.panels import examples
from tests.ide.panels.conftest import TOKEN_SOURCE, bridge, engine, token_file, window, workbench  # noqa: F401


@pytest.fixture
def controller(workbench, tmp_path):  # noqa: F811
    return DebugController(workbench, tmp_path / "deployed", workbench)


def deployed_code(file, text=TOKEN_SOURCE):
    return CompiledContract(
        key="0123456789abcdef0123",
        profile=Profile.IOST,
        file=str(file),
        original=text,
        metered="",
        stepping="",
        abi=examples.TOKEN_ABI,
        files=("contract.js",),
        sources=(text,),
    )


@pytest.fixture
def start(controller, engine, token_file, workbench, qtbot):  # noqa: F811
    """Debug a transaction of the token contract, after the fixture's changes; returns its session."""

    def begin(*, fails=False, deployed=TOKEN_SOURCE, result=None) -> FakeSession:
        result = result or examples.transfer(fails=fails)
        engine.session = FakeSession(result, str(token_file))
        engine.answers["code"] = deployed_code(token_file, deployed)
        workbench.debug_requested.emit(result)
        qtbot.waitUntil(lambda: controller.view is not None)
        return engine.session

    return begin
