"""The files of a project, for the tree, quick open and search: what is generated or installed is left out."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

IGNORED_FOLDERS = frozenset({"node_modules", ".strata", ".git", ".hg", ".svn", "__pycache__", ".venv", ".idea"})
MOST_FILES = 20_000
"""A project's list of files stops here; folders this large are not contract projects."""


def is_ignored(name: str) -> bool:
    """Whether a folder is left out by its name."""
    return name in IGNORED_FOLDERS


def project_files(folder: Path, cancelled: Callable[[], bool] = lambda: False) -> Iterator[Path]:
    """Yield the files below `folder`, folders first visited alphabetically; unreadable folders are skipped.

    Links to folders are not followed, so that a loop cannot trap the walk.
    """
    count = 0
    for root, folders, names in os.walk(folder, onerror=None, followlinks=False):
        folders[:] = sorted(name for name in folders if not is_ignored(name))
        for name in sorted(names):
            if cancelled() or count >= MOST_FILES:
                return
            count += 1
            yield Path(root, name)
