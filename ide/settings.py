"""The user's settings: one typed value, one JSON file a person may edit."""

from __future__ import annotations

from pathlib import Path

import msgspec
from PySide6.QtCore import QObject, Signal

from ide.files import write_atomically


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """Everything a person can choose. `format` is the file's own version.

    `snapshot_megabytes` and `snapshot_days` say how many compiled contracts are kept that no chain needs, and how long.
    `theme` is `system` or a theme's name; sizes are in points; `shortcuts` are by command id.
    """

    format: int = 1
    theme: str = "system"
    code_font_family: str = ""
    code_font_size: float = 11.0
    interface_font_size: float = 0.0
    trim_on_save: bool = False
    autosave_seconds: float = 1.0
    check_while_typing: bool = True
    install_missing_packages: bool = False
    worker_floor: int = 1
    worker_ceiling: int = 0
    check_mode: bool = False
    snapshot_megabytes: int = 256
    snapshot_days: int = 90
    shortcuts: dict[str, list[str]] = {}


SETTINGS_FORMAT = 1


class SettingsStore(QObject):
    """Holds the settings and writes every change; `changed` carries the new `Settings`."""

    changed = Signal(object)

    def __init__(self, folder: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._path = folder / "settings.json"
        self.problem = ""
        self._value = self._load()

    @property
    def value(self) -> Settings:
        """The settings in force."""
        return self._value

    @property
    def path(self) -> Path:
        """The file the settings are kept in."""
        return self._path

    def update(self, **changes: object) -> None:
        """Change some settings and keep them.

        Raises:
            StorageError: the file cannot be written; the change is in force all the same.
        """
        new = msgspec.structs.replace(self._value, **changes)
        if new == self._value:
            return
        self._value = new
        self.changed.emit(new)
        write_atomically(self._path, msgspec.json.format(msgspec.json.encode(new), indent=2) + b"\n")

    def _load(self) -> Settings:
        """Read the file; one that cannot be used is kept aside, and `problem` says so."""
        try:
            content = self._path.read_bytes()
        except FileNotFoundError:
            return Settings()
        except OSError as error:
            self.problem = f"The settings cannot be read ({error.strerror}); defaults are used."
            return Settings()
        try:
            settings = msgspec.json.decode(content, type=Settings)
            if settings.format != SETTINGS_FORMAT:
                raise msgspec.ValidationError(f"unknown format {settings.format}")
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            kept = self._path.with_suffix(".broken.json")
            write_atomically(kept, content)
            self.problem = f"The settings cannot be used ({error}); defaults are used. The file was kept as {kept}."
            return Settings()
        return settings
