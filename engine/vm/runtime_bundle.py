"""The JavaScript that a realm boots with: sandbox code and one profile's libraries in one script."""

from __future__ import annotations

from functools import cache

from engine.compiler.bundler import RESOURCES, bundle
from engine.values import Profile

__all__ = ["runtime_script"]


@cache
def runtime_script(profile: Profile) -> str:
    """Return the script of a profile; it defines `__strataPrepare(options)` (`resources/runtime/sandbox/boot.js`).

    Raises:
        EnvironmentProblem: esbuild is missing.
        InternalError: the sources do not bundle.
    """
    return bundle(RESOURCES / "runtime" / "sandbox" / "entries" / f"{profile.value}.js")
