from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import main as door
from launcher import commands
from launcher.commands import COMMANDS, WINDOW, choose, help_text, start
from launcher.environment import ROOT, Environment
from launcher.problems import LaunchProblem


class Place(Environment):
    """An environment that remembers what it was asked."""

    def __init__(self, *, ready: bool, current: bool, problem: BaseException | None = None, **options: bool) -> None:
        super().__init__(ROOT, **options)
        self.ready, self.current, self.problem = ready, current, problem
        self.asked: list[object] = []

    def is_ready(self) -> bool:
        return self.ready

    def is_current(self) -> bool:
        return self.current

    def prepare(self) -> None:
        self.asked.append("prepare")
        if self.problem:
            raise self.problem

    def run_again(self, script: Path, arguments: list[str]) -> int:
        self.asked.append((script, arguments))
        return 7


def test_no_argument_and_a_folder_open_the_window(tmp_path: Path) -> None:
    assert choose([]) == (WINDOW, [])
    assert choose([str(tmp_path)]) == (WINDOW, [str(tmp_path)])
    assert choose(["--safe"]) == (WINDOW, ["--safe"])


@pytest.mark.parametrize(
    "name", ["test", "run", "node", "check", "pack", "database", "diagnose", "bench", "screenshot"]
)
def test_every_command_takes_the_rest(name: str) -> None:
    assert choose([name, "a", "--b"]) == (COMMANDS[name], ["a", "--b"])


@pytest.mark.parametrize("word", ["--help", "-h", "help"])
def test_help_lists_every_command(word: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert start([word]) == 0
    shown = capsys.readouterr().out
    assert shown == help_text()
    assert all(f"python3 main.py {name}" in shown for name in COMMANDS)


def test_a_mistyped_command_suggests_one(capsys: pytest.CaptureFixture[str]) -> None:
    assert start(["tset"]) == 2
    shown = capsys.readouterr().err
    assert "'tset' is neither a command nor a project folder" in shown
    assert "Did you mean `test`?" in shown


def test_outside_the_environment_it_starts_again_inside() -> None:
    place = Place(ready=True, current=False)
    assert start(["run", "x"], lambda **_: place) == 7
    assert place.asked == [(ROOT / "main.py", ["run", "x"])]


def test_what_is_missing_is_made_first() -> None:
    place = Place(ready=False, current=False)
    start([], lambda **_: place)
    assert place.asked == ["prepare", (ROOT / "main.py", [])]


def test_tests_and_benchmarks_need_the_developer_environment() -> None:
    wanted: list[bool] = []

    def environment(*, developer: bool) -> Environment:
        wanted.append(developer)
        return Place(ready=True, current=False)

    for name in ("test", "bench", "run", "pack"):
        start([name], environment)
    assert wanted == [True, True, False, False]


def test_a_problem_is_told_without_traceback(capsys: pytest.CaptureFixture[str]) -> None:
    place = Place(ready=False, current=False, problem=LaunchProblem("No bread.", "Buy some."))
    assert start([], lambda **_: place) == 2
    assert capsys.readouterr().err == "No bread.\nBuy some.\n"


def test_interrupting_says_that_it_goes_on(capsys: pytest.CaptureFixture[str]) -> None:
    place = Place(ready=False, current=False, problem=KeyboardInterrupt())
    assert start([], lambda **_: place) == 130
    assert "goes on from here" in capsys.readouterr().err


def test_an_old_python_is_named(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(door, "OLDEST_PYTHON", (99, 1))
    assert door.main() == 2
    assert "Strata needs Python 99.1 or newer" in capsys.readouterr().err


def test_works_from_any_folder_and_through_a_link(tmp_path: Path) -> None:
    link = tmp_path / "strata here"
    link.symlink_to(ROOT)
    done = subprocess.run(
        [sys.executable, str(link / "main.py"), "--help"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (0, help_text())


def test_the_launcher_itself_imports_only_the_standard_library() -> None:
    script = (
        "import sys; sys.path.insert(0, sys.argv[1]); import launcher.commands; "
        "print([name for name in sys.modules if name.partition('.')[0] in ('engine', 'ide', 'msgspec', 'PySide6')])"
    )
    done = subprocess.run([sys.executable, "-S", "-c", script, str(ROOT)], capture_output=True, text=True, check=False)
    assert (done.stdout.strip(), done.stderr) == ("[]", "")


def test_two_projects_at_once_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("launcher.desktop.check_desktop", lambda: None)
    with pytest.raises(LaunchProblem, match="one project at a time"):
        commands.open_window(["a", "b"])


def test_a_missing_part_is_named() -> None:
    with pytest.raises(LaunchProblem, match=r"engine/entrance/no_such_part\.py is missing"):
        commands.load("engine.entrance.no_such_part:main")


def test_what_the_user_can_put_right_is_told_without_traceback(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert start(["pack", str(tmp_path / "none")], lambda **_: Place(ready=True, current=True)) == 2
    assert capsys.readouterr().err == f"{tmp_path / 'none'}: is not a folder\n"
