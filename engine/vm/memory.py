"""How much memory this process uses, and the last line of defence against using too much."""

from __future__ import annotations

import os
import sys

__all__ = ["limit_data", "resident_bytes"]

if sys.platform == "linux":
    _PAGE = os.sysconf("SC_PAGE_SIZE")
    _statm = os.open("/proc/self/statm", os.O_RDONLY)

    def _reopen() -> None:
        global _statm  # noqa: PLW0603  the file names the process that opened it
        os.close(_statm)
        _statm = os.open("/proc/self/statm", os.O_RDONLY)

    os.register_at_fork(after_in_child=_reopen)

    def resident_bytes() -> int:
        """Return the resident size of this process."""
        return int(os.pread(_statm, 128, 0).split()[1]) * _PAGE

    def limit_data(limit: int) -> None:
        """Let the kernel refuse private memory beyond `limit` bytes; V8 then ends the process."""
        import resource

        _, hard = resource.getrlimit(resource.RLIMIT_DATA)
        resource.setrlimit(resource.RLIMIT_DATA, (limit, hard))

else:
    import psutil

    def resident_bytes() -> int:
        """Return the resident size of this process."""
        return int(psutil.Process().memory_info().rss)

    def limit_data(limit: int) -> None:
        """Only Linux counts what must be limited here; elsewhere the watchdog stands alone."""
