"""How a project's chain goes on at the next start: when blocks are produced, and the node's port.

A file for each project, so that a chain by hand does not surprise anybody in another project. `format` is its version.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Annotated

import msgspec
from PySide6.QtCore import QObject

from engine.errors import UserError
from engine.facade import Production
from ide.bridge import EngineBridge
from ide.chain.node import DEFAULT_PORT, NodeSwitch
from ide.chain.production import ProductionControl
from ide.files import write_atomically
from ide.window import MainWindow

MEMORY_FORMAT = 1


class ChainMemory(msgspec.Struct, frozen=True):
    """The file's content."""

    format: int = MEMORY_FORMAT
    production: Production = Production()
    port: Annotated[int, msgspec.Meta(ge=0, le=65_535)] = DEFAULT_PORT


class ChainMemoryKeeper(QObject):
    """Puts what was chosen for a project's chain in force when the chain is opened, and keeps what is chosen."""

    def __init__(
        self, window: MainWindow, bridge: EngineBridge, control: ProductionControl, node: NodeSwitch, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._window = window
        self._bridge = bridge
        self._control = control
        self._node = node
        self._memory = ChainMemory()
        bridge.engine_changed.connect(self._recall)
        control.chosen.connect(lambda production: self._keep(production=production))
        node.started.connect(lambda _: self._keep(port=node.port))

    def path_of(self, project: Path) -> Path:
        """Return where the choices for a project's chain are kept."""
        digest = hashlib.blake2b(str(project).encode(), digest_size=10).hexdigest()
        return self._window.folders.state / "chains" / f"{project.name}-{digest}.json"

    def _recall(self) -> None:
        engine, project = self._bridge.engine, self._window.project
        if engine is None or project is None:
            return
        self._memory = load_memory(self.path_of(project))
        self._node.port = self._memory.port
        if not engine.is_read_only:
            self._control.restore(self._memory.production)

    def _keep(self, **changes: object) -> None:
        project = self._window.project
        memory = msgspec.structs.replace(self._memory, **changes)
        if project is None or memory == self._memory:
            return
        self._memory = memory
        path = self.path_of(project)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            write_atomically(path, msgspec.json.encode(memory))
        except (OSError, UserError) as error:
            self._window.status_message(f"What was chosen for the chain cannot be kept: {error}")


def load_memory(path: Path) -> ChainMemory:
    """Read the file; one that is missing or cannot be used counts as empty, and is kept aside if it is broken."""
    try:
        content = path.read_bytes()
    except OSError:
        return ChainMemory()
    try:
        memory = msgspec.json.decode(content, type=ChainMemory)
    except (msgspec.DecodeError, UnicodeDecodeError):
        write_atomically(path.with_suffix(".broken.json"), content)
        return ChainMemory()
    return memory if memory.format == MEMORY_FORMAT else ChainMemory()
