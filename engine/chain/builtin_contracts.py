"""The JavaScript built-in contracts: ours from `resources/contracts`, or others from a folder."""

from __future__ import annotations

from pathlib import Path

import msgspec

from engine.errors import InvalidInput
from engine.values import Abi, AbiMethod, AmountLimit, Profile, Value

FOLDER = Path(__file__).resolve().parents[2] / "resources" / "contracts"
IDS = (
    "auth.iost",
    "base.iost",
    "bonus.iost",
    "exchange.iost",
    "issue.iost",
    "ram.iost",
    "vote.iost",
    "vote_producer.iost",
)
_REFERENCE_NAMES = {"auth.iost": "account", "vote.iost": "vote_common"}
"""Where the reference's own folder names a file otherwise than by id without `.iost`."""


class BuiltInSource(Value, frozen=True):
    """A built-in contract's source text and interface."""

    code: str
    abi: Abi
    profile: Profile = Profile.IOST


class _AbiFileMethod(Value, rename={"amount_limit": "amountLimit"}, frozen=True):
    name: str
    args: tuple[str, ...] = ()
    amount_limit: tuple[AmountLimit, ...] | None = None


class _AbiFile(Value, frozen=True):
    lang: str
    version: str
    abi: tuple[_AbiFileMethod, ...] = ()


def built_in_sources(override: Path | None = None) -> dict[str, BuiltInSource]:
    """Return all built-in contracts by id; those that `override` holds replace ours.

    A file is called `<id>.js` or as in the reference's folder (`account.js`); its interface stands in `<file>.abi`
    or `<id>.abi`.

    Raises:
        InvalidInput: the folder or an interface cannot be read, or the folder holds no built-in contract.
    """
    sources = {contract: _read(FOLDER / f"{contract}.js", contract) for contract in IDS}
    if override is None:
        return sources
    if not override.is_dir():
        raise InvalidInput("there is no such folder of contracts", where=str(override), advice="Check the path.")
    replaced = {contract: _read(file, contract) for contract in IDS if (file := _find(override, contract)) is not None}
    if not replaced:
        raise InvalidInput(
            "the folder holds no built-in contract",
            where=str(override),
            advice=f"Name its files {IDS[0]}.js and so on.",
        )
    return sources | replaced


def _find(folder: Path, contract: str) -> Path | None:
    short = contract.removesuffix(".iost")
    for name in (contract, _REFERENCE_NAMES.get(contract, short)):
        file = folder / f"{name}.js"
        if file.is_file():
            return file
    return None


def _read(file: Path, contract: str) -> BuiltInSource:
    abi_file = file.with_name(f"{file.name}.abi")
    if not abi_file.is_file():
        abi_file = file.with_name(f"{contract}.abi")
    try:
        parsed = msgspec.json.decode(abi_file.read_bytes(), type=_AbiFile)
        methods = tuple(AbiMethod(method.name, method.args, method.amount_limit or ()) for method in parsed.abi)
        return BuiltInSource(file.read_text(encoding="utf-8"), Abi(parsed.lang, parsed.version, methods))
    except OSError as error:
        raise InvalidInput(f"cannot be read: {error.strerror}", where=str(error.filename)) from error
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise InvalidInput(f"is not usable: {error}", where=str(abi_file)) from error
