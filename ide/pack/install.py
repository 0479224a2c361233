"""Puts the module graph and the installation of packages into the main window."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
from PySide6.QtCore import QObject, Qt, QTimer

from engine.compiler.pack import Minify
from engine.entrance.project import load_project, save_project
from engine.errors import UserError
from ide.commands import Command, Menu
from ide.pack.installer import PackageInstaller
from ide.pack.modules_panel import MINIFY_WORDS, ModulesPanel

if TYPE_CHECKING:
    from engine.facade import PreparedFile
    from ide.bridge import Request
    from ide.panels.install import EnginePanels
    from ide.window import MainWindow

__all__ = ["PackTools"]

_REST_MS = 300


class PackTools(QObject):
    """The panel Modules, kept up to date while it can be seen, and the command that installs missing packages."""

    def __init__(self, window: MainWindow, panels: EnginePanels) -> None:
        super().__init__(window)
        self._window = window
        self._bridge = panels.bridge
        self._file: Path | None = None
        self._minify = Minify.LARGE
        self._asked: Request[PreparedFile] | None = None
        self.installer = PackageInstaller(window)
        self.panel = ModulesPanel()
        window.add_dock(
            "modules",
            "Modules",
            self.panel,
            Qt.DockWidgetArea.BottomDockWidgetArea,
            icon_name="books",
            visible=False,
            beside="state",
        )
        window.commands.register(
            Command(
                id="project.install-packages",
                title="Install Missing Packages…",
                category="Project",
                run=self.installer.offer,
                tip="Install the npm packages that the project needs and lacks",
                disabled_reason=self._cannot_install,
                menu=Menu.RUN,
                group=80,
            )
        )
        for choice, words in MINIFY_WORDS.items():
            window.commands.register(
                Command(
                    id=f"project.pack-{choice}",
                    title=f"Pack Script: {words}",
                    category="Project",
                    run=partial(self.choose_minify, choice),
                    tip="How the script of the contract in the panel Modules is packed; kept in strata.json",
                    disabled_reason=self._cannot_choose,
                    checked=partial(self._is_chosen, choice),
                    menu=Menu.RUN,
                    group=80,
                    submenu="Pack Script",
                )
            )
        self._rest = QTimer(self, singleShot=True, interval=_REST_MS)
        self._rest.timeout.connect(self._pack)
        self.panel.refresh_asked.connect(self._pack)
        self.panel.contract_chosen.connect(self._choose)
        self.panel.minify_chosen.connect(self.choose_minify)
        self.panel.opened.connect(window.open_file)
        self.installer.installed.connect(lambda _folder: self._rest.start())
        window.editors.saved.connect(lambda _path: self._rest.start())
        window.project_opened.connect(self._project_opened)
        window.dock("modules").visibilityChanged.connect(self._visibility_changed)
        self._bridge.engine_changed.connect(self._rest.start)
        self._bridge.engine_changed.connect(self._warm)

    def _cannot_install(self) -> str:
        if self.installer.is_running:
            return "Packages are being installed."
        return "" if self._window.project is not None else "No project is open."

    def _cannot_choose(self) -> str:
        return "" if self._file is not None else "No contract is shown in Modules."

    def _is_chosen(self, minify: Minify) -> bool:
        return self._file is not None and self._minify is minify

    def _visibility_changed(self, visible: bool) -> None:
        if visible:
            self._rest.start()

    def _project_opened(self, _folder: Path) -> None:
        self._file = None
        self._rest.start()
        self._warm()

    def _warm(self) -> None:
        """Have the packer ready if the project will need it."""
        engine, folder = self._bridge.engine, self._window.project
        if engine is None or folder is None:
            return
        try:
            is_packed = any(contract.pack for contract in load_project(folder).contracts)
        except UserError:
            return  # told where the project is used
        if is_packed:
            engine.warm_packer()

    def choose_minify(self, minify: Minify) -> None:
        """Keep in the project's settings when the shown contract's script is made smaller, and pack it anew."""
        folder, file = self._window.project, self._file
        if folder is None or file is None:
            return
        try:
            project = load_project(folder)
            contracts = tuple(
                msgspec.structs.replace(one, minify=minify) if folder / one.file == file else one
                for one in project.contracts
            )
            save_project(folder, msgspec.structs.replace(project, contracts=contracts))
        except UserError as error:
            self._window.report(error)
            return
        self._minify = minify
        self._pack()

    def _choose(self, file: Path) -> None:
        self._file = file
        self._pack()

    def _pack(self) -> None:
        """Pack the contract that is shown, if anybody can see it."""
        engine, folder = self._bridge.engine, self._window.project
        if engine is None or folder is None or not self.panel.isVisible():
            return
        try:
            contracts = load_project(folder).contracts
        except UserError as error:
            self.panel.show_nothing(str(error))
            return
        ways = {folder / contract.file: contract.minify for contract in contracts if contract.pack}
        files = tuple(ways)
        if self._file not in files:
            editor = self._window.current_editor()
            self._file = editor.path if editor is not None and editor.path in files else next(iter(files), None)
        self._minify = ways[self._file] if self._file is not None else Minify.LARGE
        self.panel.set_contracts(files, self._file, self._minify)
        self._window.commands.refresh()
        if self._file is None:
            return
        if self._asked is not None:
            self._asked.drop()
        self._asked = self._bridge.request(engine.prepare(self._file), self, self._packed, self._failed)

    def _packed(self, prepared: PreparedFile) -> None:
        self._asked = None
        if prepared.pack is not None:
            self.panel.show_pack(prepared.pack)

    def _failed(self, error: Exception) -> None:
        self._asked = None
        if not isinstance(error, UserError):
            raise error
        self.panel.show_nothing(str(error))
