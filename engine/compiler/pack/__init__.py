"""Contract Pack: a project's modules and npm dependencies as one script."""

from engine.compiler.pack.dependencies import Dependency, missing_dependencies
from engine.compiler.pack.installation import Installation
from engine.compiler.pack.packer import Packer
from engine.compiler.pack.values import CHAIN_CODE_LIMIT, Minify, Pack, PackedModule, PackOrigin

__all__ = [
    "CHAIN_CODE_LIMIT",
    "Dependency",
    "Installation",
    "Minify",
    "Pack",
    "PackOrigin",
    "PackedModule",
    "Packer",
    "missing_dependencies",
]
