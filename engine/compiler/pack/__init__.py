"""Contract Pack: a project's modules and npm dependencies as one script."""

from engine.compiler.pack.packer import Packer
from engine.compiler.pack.values import CHAIN_CODE_LIMIT, Pack, PackedModule

__all__ = ["CHAIN_CODE_LIMIT", "Pack", "PackedModule", "Packer"]
