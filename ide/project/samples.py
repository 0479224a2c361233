"""The samples: opened as working copies in the user's data folder, so that the originals stay as they are."""

from __future__ import annotations

import shutil
from pathlib import Path

from engine.errors import StorageError
from ide.project.files import IGNORED_FOLDERS

FIRST_SAMPLE = "fungible-token"


def sample_names(samples: Path) -> list[str]:
    """Return the names of the samples that are shipped."""
    return sorted(path.name for path in samples.iterdir() if path.is_dir()) if samples.is_dir() else []


def working_copy(samples: Path, name: str, data: Path) -> Path:
    """Return the working copy of a sample, made if it does not exist yet.

    Raises:
        StorageError: the copy cannot be made.
    """
    target = data / "projects" / name
    if target.is_dir():
        return target
    partial = target.with_name(f".{name}.part")
    try:
        shutil.rmtree(partial, ignore_errors=True)
        shutil.copytree(samples / name, partial, ignore=shutil.ignore_patterns(*IGNORED_FOLDERS))
        partial.rename(target)
    except OSError as error:
        raise StorageError(
            f"the sample project cannot be copied ({error.strerror})",
            where=str(target),
            advice="Check the permissions and the free space, or open a folder of your own.",
        ) from error
    return target
