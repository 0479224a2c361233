"""Progress of the first start on a console: a line a step, with a bar where the console can redraw it."""

from __future__ import annotations

import shutil
import time
from typing import TextIO

BAR_WIDTH = 24


class Progress:
    """Shows named steps on `stream`; redraws the current line only on a terminal."""

    def __init__(self, stream: TextIO, steps: int) -> None:
        self._stream, self._steps, self._number = stream, steps, 0
        self._title, self._started = "", 0.0
        self._live = stream.isatty()

    def headline(self, text: str) -> None:
        """Say what is about to happen."""
        self._write(f"{text}\n")

    def step(self, title: str) -> None:
        """Begin the next step."""
        self._number += 1
        self._title, self._started = title, time.monotonic()
        self._write(f"[{self._number}/{self._steps}] {title} …{'' if self._live else chr(10)}")

    def advance(self, part: float, detail: str) -> None:
        """Show that `part` (0 to 1) of the step is done and what is being worked on."""
        if not self._live:
            return
        filled = round(BAR_WIDTH * min(part, 1.0))
        bar = "█" * filled + "░" * (BAR_WIDTH - filled)
        line = f"[{self._number}/{self._steps}] {self._title} {bar} {detail}"
        self._write(f"\r\x1b[2K{line[: shutil.get_terminal_size().columns - 1]}")

    def done(self) -> None:
        """End the current step."""
        seconds = time.monotonic() - self._started
        start = "\r\x1b[2K" if self._live else ""
        self._write(f"{start}[{self._number}/{self._steps}] {self._title}: done ({seconds:.0f} s)\n")

    def failed(self) -> None:
        """Leave the current line as it is, so that the error starts on a new one."""
        if self._live and self._number:
            self._write("\n")

    def _write(self, text: str) -> None:
        encoding = self._stream.encoding or "utf-8"
        self._stream.write(text.encode(encoding, "replace").decode(encoding))
        self._stream.flush()
