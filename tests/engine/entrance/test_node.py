"""`main.py node` as a process: what it prints and writes, and how it ends."""

from __future__ import annotations

import http.client
import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from engine.chain.keys import KeyPair
from engine.entrance.node import node
from engine.errors import InvalidInput

ROOT = Path(__file__).resolve().parents[3]
PROGRAM = "import sys; from engine.entrance.node import node; sys.exit(node(sys.argv[1:]))"


class Process:
    """A running node."""

    def __init__(self, *arguments: str):
        command = [sys.executable, "-c", PROGRAM, "--port", "0", *arguments]
        self.process = subprocess.Popen(
            command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
        )
        self.printed = []
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.printed.append(line.rstrip("\n"))
            if line.startswith("Ctrl-C"):
                return
        raise AssertionError(self.process.communicate(timeout=20)[1])

    def get(self, path: str):
        connection = http.client.HTTPConnection(self.printed[0].rpartition("http://")[2], timeout=20)
        connection.request("GET", path)
        value = json.loads(connection.getresponse().read())
        connection.close()
        return value

    def end(self, number=signal.SIGTERM) -> str:
        """End it and return what it wrote to standard error."""
        self.process.send_signal(number)
        _, errors = self.process.communicate(timeout=60)
        assert self.process.returncode == 0, errors
        return errors


def test_accounts_and_a_folder_that_stays(tmp_path):
    accounts, data = tmp_path / "accounts.json", tmp_path / "chain"
    running = Process("--accounts-file", str(accounts), "--data", str(data), "--block-time", "0.05")
    written = json.loads(accounts.read_text())
    while int(running.get("/getChainInfo")["head_block"]) < 2:
        pass
    assert running.end(signal.SIGINT) == ""
    assert written[0]["name"] == "admin"
    assert all(list(entry) == ["name", "algorithm", "public_key", "secret_key"] for entry in written)
    for entry in written:
        assert KeyPair.from_secret_text(entry["secret_key"]).id == entry["public_key"]
        assert any(entry["name"] in line and entry["secret_key"] in line for line in running.printed)
    again = Process("--data", str(data))
    assert int(again.get("/getChainInfo")["head_block"]) >= 2
    assert again.get("/getAccount/admin/1")["balance"] > 10**9
    again.end(signal.SIGTERM)


def test_contracts_of_a_folder_in_place_of_ours(tmp_path):
    folder = tmp_path / "contracts"
    folder.mkdir()
    for suffix in (".js", ".js.abi"):
        text = (ROOT / "resources" / "contracts" / f"exchange.iost{suffix}").read_text()
        (folder / f"exchange.iost{suffix}").write_text(f"// from the folder\n{text}" if suffix == ".js" else text)
    running = Process("--genesis", str(folder))
    assert running.get("/getContract/exchange.iost/0")["orig_code"].startswith("// from the folder")
    running.end()


def test_a_folder_without_contracts(tmp_path):
    with pytest.raises(InvalidInput, match="holds no built-in contract"):
        node(["--port", "0", "--genesis", str(tmp_path)])


def test_other_machines_only_if_told_twice(tmp_path):
    with pytest.raises(InvalidInput, match="can be reached by other machines"):
        node(["--port", "0", "--host", "0.0.0.0", "--data", str(tmp_path)])


@pytest.mark.parametrize(
    "arguments", [["--port", "x"], ["--port", "65536"], ["--block-time", "0"], ["--block-time", "nan"], ["--colour"]]
)
def test_wrong_options(arguments, capsys):
    with pytest.raises(SystemExit) as ended:
        node(arguments)
    assert ended.value.code == 2
    assert "usage: main.py node" in capsys.readouterr().err
