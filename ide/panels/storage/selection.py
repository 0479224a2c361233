"""Selected entries as text for the clipboard and as files: lines, JSON, CSV."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from pathlib import Path

from engine.errors import StorageError
from ide.panels.readable import ValueKind
from ide.panels.storage.tree import Node

_COLUMNS = ("contract", "key", "field", "type", "value", "payer", "bytes", "layer", "state_key", "stored")


def as_lines(nodes: Sequence[Node]) -> str:
    """Return a line of key and value, with a tabulator between, for each entry."""
    return "\n".join(f"{node.readable_key.label}\t{node.readable_value.text}" for node in nodes)


def as_keys(nodes: Sequence[Node]) -> str:
    """Return the state keys, one a line."""
    return "\n".join(node.key for node in nodes)


def as_json(nodes: Sequence[Node]) -> str:
    """Return entries as a JSON array of objects; values of JSON and numbers are what they are, not texts."""
    return json.dumps([_record(node, plain=False) for node in nodes], indent=2, ensure_ascii=False) + "\n"


def as_csv(nodes: Sequence[Node]) -> str:
    """Return entries as comma separated values with a line of titles."""
    output = io.StringIO()
    writer = csv.DictWriter(output, _COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(_record(node, plain=True) for node in nodes)
    return output.getvalue()


def write(nodes: Sequence[Node], file: Path) -> None:
    """Write entries to a file: CSV if its name ends so, else JSON.

    Raises:
        StorageError: the file cannot be written.
    """
    text = as_csv(nodes) if file.suffix.lower() == ".csv" else as_json(nodes)
    try:
        file.write_text(text, encoding="utf-8", errors="backslashreplace", newline="")
    except OSError as error:
        raise StorageError(
            f"the file cannot be written: {error.strerror}", where=str(file), advice="Choose another place for it."
        ) from error


def _record(node: Node, *, plain: bool) -> dict[str, object]:
    key, value = node.readable_key, node.readable_value
    shown: object = value.text
    if not plain:
        if value.kind is ValueKind.NUMBER and value.text.lstrip("-").isdigit():
            shown = int(value.text)
        elif value.kind is ValueKind.BOOLEAN:
            shown = value.text == "true"
        elif value.kind is ValueKind.JSON:
            try:
                shown = json.loads(value.text)
            except ValueError:
                shown = value.text
    stored = node.value or ""
    return {
        "contract": key.contract,
        "key": key.key,
        "field": key.field,
        "type": str(value.kind),
        "value": shown,
        "payer": value.payer,
        "bytes": len(stored.encode("utf-8", "surrogatepass")),
        "layer": str(node.layer),
        "state_key": node.key,
        "stored": stored,
    }
