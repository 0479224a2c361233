from __future__ import annotations

import http.server
import json
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.compiler.pack import Dependency, Installation, Packer, missing_dependencies
from engine.compiler.pack.installation import InstallationCancelled
from engine.errors import EnvironmentProblem, InvalidInput, PackError

CLASS = "class Contract { init() {} }\nmodule.exports = Contract;\n"


class Registry(http.server.BaseHTTPRequestHandler):
    """Knows no package; asked for one called `slow` it never answers."""

    asked = threading.Event()
    released = threading.Event()

    def do_GET(self) -> None:
        if self.path.startswith("/slow"):
            self.asked.set()
            self.released.wait(60)
        self.send_response(404)
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *_: object) -> None:
        """Be quiet."""


@pytest.fixture
def registry(monkeypatch: pytest.MonkeyPatch) -> Iterator[type[Registry]]:
    Registry.asked.clear()
    Registry.released.clear()
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Registry)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    monkeypatch.setenv("npm_config_registry", f"http://127.0.0.1:{server.server_port}/")
    yield Registry
    Registry.released.set()
    server.shutdown()
    thread.join()
    server.server_close()


def project(folder: Path, source: str = CLASS, **dependencies: str) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / "main.js").write_text(source)
    (folder / "package.json").write_text(json.dumps({"name": "p", "dependencies": dependencies}))
    return folder


def local_package(folder: Path, name: str) -> str:
    """Make a package with an install script that must not run; return what a manifest calls it."""
    place = folder / "vendor" / name
    place.mkdir(parents=True)
    manifest = {"name": name, "version": "1.0.0", "scripts": {"install": "node -e \"fs.writeFileSync('ran', '')\""}}
    (place / "package.json").write_text(json.dumps(manifest))
    (place / "index.js").write_text(f"module.exports = 'this is {name}';\n")
    return f"file:vendor/{name}"


def failed_pack(folder: Path) -> PackError:
    packer = Packer()
    try:
        with pytest.raises(PackError) as caught:
            packer.pack(folder, "main.js")
    finally:
        packer.close()
    return caught.value


def test_what_is_declared_or_imported_but_not_there_is_missing(tmp_path: Path) -> None:
    source = "require('@scope/deep/lib/x');\nrequire('./none');\nrequire('declared');\n" + CLASS
    project(tmp_path, source, declared="^1.0.0", there="2")
    (tmp_path / "node_modules" / "there").mkdir(parents=True)
    error = failed_pack(tmp_path)
    assert missing_dependencies(tmp_path, error.diagnostics) == (
        Dependency("@scope/deep", "", str(tmp_path / "main.js"), 1),
        Dependency("declared", "^1.0.0", str(tmp_path / "main.js"), 3),
    )
    assert [one.name for one in missing_dependencies(tmp_path)] == ["declared"]


def test_a_damaged_manifest_is_told(tmp_path: Path) -> None:
    (tmp_path / "package.json").write_text("{")
    with pytest.raises(InvalidInput, match=r"package\.json: is not a package description"):
        missing_dependencies(tmp_path)


def test_packages_are_installed_and_found_without_running_their_scripts(tmp_path: Path) -> None:
    wanted = local_package(tmp_path, "helper")
    project(tmp_path, "console.log(require('helper'));\n" + CLASS, helper=wanted)
    lines: list[str] = []
    Installation(tmp_path, missing_dependencies(tmp_path)).run(lines.append)
    assert any(line.startswith("added") for line in lines)
    assert missing_dependencies(tmp_path) == ()
    assert (tmp_path / "package-lock.json").is_file()
    assert not list(tmp_path.rglob("ran"))
    packer = Packer()
    try:
        assert "this is helper" in packer.pack(tmp_path, "main.js").code
    finally:
        packer.close()


def test_a_lock_file_is_kept(tmp_path: Path) -> None:
    wanted = local_package(tmp_path, "helper")
    project(tmp_path, helper=wanted)
    Installation(tmp_path, missing_dependencies(tmp_path)).run()
    lock = (tmp_path / "package-lock.json").read_bytes()
    (tmp_path / "node_modules" / "helper").unlink()
    (tmp_path / "node_modules" / ".package-lock.json").unlink()
    (tmp_path / "node_modules").rmdir()
    Installation(tmp_path, missing_dependencies(tmp_path)).run()
    assert (tmp_path / "package-lock.json").read_bytes() == lock
    assert (tmp_path / "node_modules" / "helper").is_dir()


def test_an_unknown_package_is_told_by_name(tmp_path: Path, registry: type[Registry]) -> None:
    project(tmp_path)
    with pytest.raises(InvalidInput, match="there is no package nowhere-to-be-found"):
        Installation(tmp_path, [Dependency("nowhere-to-be-found")]).run()


def test_an_unreachable_registry_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("npm_config_registry", "http://127.0.0.1:9/")
    project(tmp_path)
    with pytest.raises(EnvironmentProblem, match="cannot be reached"):
        Installation(tmp_path, [Dependency("anything")]).run()


def test_an_installation_can_be_stopped(tmp_path: Path, registry: type[Registry]) -> None:
    project(tmp_path)
    installation = Installation(tmp_path, [Dependency("slow")])
    ended: list[BaseException] = []

    def run() -> None:
        try:
            installation.run()
        except InstallationCancelled as error:
            ended.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    assert registry.asked.wait(60)
    installation.cancel()
    thread.join(60)
    assert len(ended) == 1
    assert not (tmp_path / "node_modules").exists()


def test_stopped_before_it_began(tmp_path: Path) -> None:
    project(tmp_path)
    installation = Installation(tmp_path, [Dependency("slow")])
    installation.cancel()
    with pytest.raises(InstallationCancelled):
        installation.run()
