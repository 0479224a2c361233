"""The pages of the help, as Markdown: those that are files, and one a lint rule and error class."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

from engine.compiler.rules import RULES
from engine.errors import InvalidInput
from ide.paths import RESOURCES

CONTENTS = "contents"
FOLDER = RESOURCES / "help"
_SECTION = re.compile(r"^## (\w+)\n\n(.*?)(?=^## |\Z)", re.DOTALL | re.MULTILINE)


class HelpPage(NamedTuple):
    """A page: its name in links (`help:NAME`), its title and its Markdown text."""

    name: str
    title: str
    text: str


class HelpPages:
    """Finds pages by name: `contents`, `rules/no-init`, `errors/OutOfGas`, or a file such as `start`."""

    def __init__(self, folder: Path = FOLDER) -> None:
        self._folder = folder
        self._errors = dict(_SECTION.findall(self._read("errors")))

    def page(self, name: str) -> HelpPage:
        """Return a page.

        Raises:
            InvalidInput: there is none of that name.
        """
        kind, _, rest = name.partition("/")
        if name == CONTENTS:
            return HelpPage(name, "Contents", self._contents())
        if kind == "rules" and rest in RULES:
            return self._rule(rest)
        if kind == "errors" and rest in self._errors:
            return HelpPage(name, rest, f"# {rest}\n\n{self._errors[rest]}")
        if name in self._files():
            text = self._read(name)
            return HelpPage(name, _title(text), text)
        raise InvalidInput(f"the help has no page {name!r}", advice="Look at its contents.")

    def of_rule(self, code: str) -> str | None:
        """Return the name of a rule's page, None for a code that is not a rule's."""
        return f"rules/{code}" if code in RULES else None

    def of_error(self, error: str) -> str | None:
        """Return the name of an error class's page, None if there is none."""
        return f"errors/{error}" if error in self._errors else None

    def names(self) -> tuple[str, ...]:
        """Return the names of all pages."""
        rules = (f"rules/{code}" for code in RULES)
        return (CONTENTS, *self._files(), *rules, *(f"errors/{error}" for error in self._errors))

    def _files(self) -> tuple[str, ...]:
        return tuple(sorted(path.stem for path in self._folder.glob("*.md")))

    def _read(self, name: str) -> str:
        return (self._folder / f"{name}.md").read_text(encoding="utf-8")

    def _rule(self, code: str) -> HelpPage:
        rule = RULES[code]
        details = self._read(f"rules/{code}")
        text = f"# {rule.title}\n\nRule `{code}`\n\n{rule.explanation}\n\n**What to do.** {rule.remedy}\n\n{details}"
        return HelpPage(f"rules/{code}", rule.title, text)

    def _contents(self) -> str:
        files = [self.page(name) for name in self._files()]
        lines = ["# Help", "", *(f"- [{page.title}](help:{page.name})" for page in files)]
        lines += ["", "## Rules for contracts", ""]
        lines += [f"- [{RULES[code].title}](help:rules/{code}) `{code}`" for code in sorted(RULES)]
        lines += ["", "## Errors by class", ""]
        lines += [f"- [{error}](help:errors/{error})" for error in self._errors]
        return "\n".join(lines) + "\n"


def _title(text: str) -> str:
    return text.partition("\n")[0].removeprefix("# ")
