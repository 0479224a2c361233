"""Strata's one door: `python3 main.py [COMMAND]`.

Only the standard library is used here: the environment is made on first use (`launcher.environment`), then
this file runs again inside it and hands over to the command (`launcher.commands`).
"""

import sys

OLDEST_PYTHON = (3, 11)


def main() -> int:
    """Run Strata with the arguments of this process and return its exit code."""
    if sys.version_info < OLDEST_PYTHON:
        wanted = ".".join(map(str, OLDEST_PYTHON))
        found = ".".join(map(str, sys.version_info[:3]))
        sys.stderr.write(
            f"Strata needs Python {wanted} or newer, but {sys.executable} is Python {found}.\n"
            "Install a newer Python (Debian 12, Ubuntu 24.04: sudo apt install python3 python3-venv)\n"
            "and start again with it, for example: python3.12 main.py\n"
        )
        return 2
    from launcher.commands import start

    return start(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
