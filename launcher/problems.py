"""What can stand in the way of a start, in words that say what to do.

`engine.errors` cannot be used before the environment exists, so the launcher has an error of its own.
"""

from __future__ import annotations

import sys
from pathlib import Path

NO_NETWORK = (
    r"NewConnectionError|NameResolutionError|ConnectTimeout|ReadTimeout|ConnectionError|ProxyError|Max retries exceeded"
    r"|Temporary failure in name resolution|Network is unreachable|Connection broken|Connection reset|IncompleteRead"
    r"|ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|ERR_SOCKET_TIMEOUT|SSLError|CERT_"
)
DISK_FULL = r"No space left on device|ENOSPC|Errno 28|Disk quota exceeded|EDQUOT"
NOT_WRITABLE = r"Permission denied|EACCES|EPERM|Read-only file system|EROFS"
WRONG_HASH = r"DO NOT MATCH THE HASHES|EINTEGRITY"
NO_BUILD = r"No matching distribution found for (\S+)"


class LaunchProblem(Exception):
    """Strata cannot start: `what` happened and `advice` what to do about it."""

    def __init__(self, what: str, advice: str) -> None:
        super().__init__(what, advice)
        self.what, self.advice = what, advice

    def __str__(self) -> str:
        return f"{self.what}\n{self.advice}" if self.advice else self.what


def distribution() -> str:
    """Return the family of this Linux distribution: `debian`, `fedora`, `arch`, `suse`, or "" if unknown."""
    import platform

    try:
        release = platform.freedesktop_os_release()
    except OSError:
        return ""
    names = [release.get("ID", ""), *release.get("ID_LIKE", "").split()]
    families = {"debian": "debian", "ubuntu": "debian", "fedora": "fedora", "rhel": "fedora", "arch": "arch"}
    families |= {"suse": "suse", "opensuse": "suse"}
    return next((families[name] for name in names if name in families), "")


def missing_venv() -> LaunchProblem:
    """Return the problem of a Python that cannot make virtual environments."""
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    advice = {
        "debian": "Install it and start again:\n  sudo apt install python3-venv\n"
        f"(for a Python beside the system's own: sudo apt install python{version}-venv)",
        "fedora": "Install it and start again:\n  sudo dnf install python3",
        "suse": "Install it and start again:\n  sudo zypper install python3 python3-pip",
    }.get(distribution(), "Install your system's package with Python's venv and ensurepip modules and start again.")
    return LaunchProblem(f"Python {version} at {sys.executable} lacks the modules venv and ensurepip.", advice)


def not_writable(folder: Path, error: OSError | None = None) -> LaunchProblem:
    """Return the problem of a program folder in which nothing can be made."""
    reason = f" ({error.strerror})" if error and error.strerror else ""
    return LaunchProblem(
        f"Cannot write to {folder}{reason}, where the environment of the first start belongs.",
        "Copy the folder to a place you own and start from there, or make it writable:\n"
        f"  sudo chown -R $(id -un) '{folder}'",
    )


def disk_full(folder: Path) -> LaunchProblem:
    """Return the problem of a disk without space for the environment."""
    return LaunchProblem(
        f"The disk that holds {folder} is full; the environment needs about 1 GB.",
        "Free some space and start again: what is already there is kept.",
    )


def failed_step(step: str, output: str, folder: Path, log: Path) -> LaunchProblem:
    """Say why a step of the first start failed, from what the tool printed."""
    import platform
    import re

    if re.search(DISK_FULL, output):
        return disk_full(folder)
    if re.search(WRONG_HASH, output):
        return LaunchProblem(
            f"{step}: a downloaded file is not the one that the lock file names.",
            "A proxy or mirror may have changed it. Try again on another network; details are in " + str(log),
        )
    if re.search(NO_NETWORK, output):
        return LaunchProblem(
            f"{step}: the package server cannot be reached, and what is missing has to be downloaded once.",
            "Check the network (behind a proxy: set HTTPS_PROXY) and start again: it goes on where it stopped.\n"
            f"Details are in {log}",
        )
    if re.search(NOT_WRITABLE, output):
        return not_writable(folder)
    if match := re.search(NO_BUILD, output):
        return LaunchProblem(
            f"{step}: there is no build of {match[1]} for Python {platform.python_version()} on {platform.platform()}.",
            "Start with another Python (3.11 to 3.14 on x86-64 or ARM 64 are known to work). Details are in "
            + str(log),
        )
    lines = [line for line in output.strip().splitlines() if line.strip()]
    return LaunchProblem(
        f"{step} failed: {lines[-1].strip() if lines else 'no output'}",
        f"Start again to go on where it stopped. Details are in {log}",
    )
