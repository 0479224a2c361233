"""Reading and writing interfaces in the reference's `.abi` format (spec/contract-api.md §10)."""

from __future__ import annotations

import json

import msgspec

from engine.errors import InvalidInput
from engine.values import Abi

__all__ = ["read_abi", "write_abi"]


def read_abi(text: str, *, file: str = "") -> Abi:
    """Return the interface in the text of an `.abi` file.

    Raises:
        InvalidInput: it is not one.
    """
    try:
        return msgspec.json.decode(text.encode(errors="replace"), type=Abi)
    except msgspec.MsgspecError as error:
        raise InvalidInput(
            f"this is not an .abi file: {error}",
            where=file,
            advice='It must be JSON like {"lang": "javascript", "version": "1.0.0", "abi": [{"name": "f"}]}.',
        ) from error


def write_abi(abi: Abi) -> str:
    """Return the text of an `.abi` file, laid out as the reference's tool does it."""
    return json.dumps(msgspec.to_builtins(abi), indent=4, ensure_ascii=False)
