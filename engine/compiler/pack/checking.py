"""Checks modules that only become scripts by packing, ES modules and TypeScript, while they are edited."""

from __future__ import annotations

import re
from pathlib import PurePath

import msgspec

from engine.compiler.compiler import Compiler, SourceCheck
from engine.compiler.pack.packer import Packer
from engine.compiler.source_map import SourceMap, map_finding
from engine.errors import PackError
from engine.values import Diagnostic, Profile

__all__ = ["check_module", "is_module"]

_MODULE_SUFFIXES = frozenset({".mjs", ".ts", ".mts", ".cts"})
_MODULE_SYNTAX = re.compile(r"^(?:import\b(?!\s*\()|export\b)", re.MULTILINE)
_ABOUT_EXPORTS = frozenset({"no-export", "wrong-export"})
"""Findings about how CommonJS exports; the script's own lines do that here."""


def is_module(source: str, file: str, profile: Profile) -> bool:
    """Whether a source is an ES module or TypeScript, which a script's parser cannot read."""
    if profile is Profile.IOST:
        return False
    return PurePath(file).suffix in _MODULE_SUFFIXES or _MODULE_SYNTAX.search(source) is not None


def check_module(compiler: Compiler, packer: Packer, source: str, *, file: str, profile: Profile) -> SourceCheck:
    """Lint a module and derive its interface; broken text gives its errors, at their places."""
    try:
        script = packer.transform(source, file)
    except PackError as error:
        return SourceCheck(error.diagnostics, None)
    entry_source, source_map = script.origin()
    found = compiler.check(script.code, file=file, profile=profile).diagnostics
    mapped = (_mapped(source_map, finding, file) for finding in found if finding.code not in _ABOUT_EXPORTS)
    diagnostics = tuple(finding for finding in mapped if finding is not None)
    return SourceCheck(diagnostics, compiler.derive_abi(entry_source, profile=profile))


def _mapped(source_map: SourceMap, finding: Diagnostic, file: str) -> Diagnostic | None:
    """Return a finding at its place in the module, None if it is about what the transformation added."""
    if source_map.origin(finding.line, finding.column) is None:
        return None
    return msgspec.structs.replace(map_finding(source_map, finding), file=file)
