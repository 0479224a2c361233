"""What is unusual about a file that was opened: why it is read-only, and what can be done about it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from ide.editor.code_editor import CodeEditor
from ide.editor.page import EditorPage
from ide.editor.text_file import read_text_file


def explain_unusual(page: EditorPage, changed: Callable[[], object]) -> None:
    """Say above the text what is unusual about its file; `changed` is called when it is read anew."""
    editor = page.editor
    if editor.file.damaged:
        editor.setReadOnly(True)
        page.show_banner(
            "encoding",
            f"{editor.path.name} is not UTF-8 text. It is shown read-only, with � for what could not be read, "
            "so that saving cannot damage it.",
            {
                "Reopen as Latin-1": partial(_reopen, editor, changed),
                "Convert to UTF-8": partial(_convert, editor, changed),
            },
        )
    elif not editor.lossless:
        editor.setReadOnly(True)
        page.show_banner(
            "lossless",
            "This file has line separators that the editor cannot keep. It is shown read-only.",
            {"Edit anyway": partial(editor.setReadOnly, False)},
        )
    elif editor.has_long_lines:
        editor.setReadOnly(True)
        page.show_banner(
            "long-lines",
            "This file has very long lines (a bundle?). It is shown wrapped, read-only and partly without colours.",
            {"Edit anyway": partial(editor.setReadOnly, False)},
            severity="info",
        )


def _reopen(editor: CodeEditor, changed: Callable[[], object]) -> None:
    """Read a file again as Latin-1, which is kept when it is saved."""
    file = read_text_file(editor.path, "latin-1")
    editor.file = file
    editor.replace_text(file.text)
    editor.document().setModified(False)
    editor.setReadOnly(file.damaged)
    changed()


def _convert(editor: CodeEditor, changed: Callable[[], object]) -> None:
    """Read a file as Latin-1 and save it as UTF-8 from now on (the next save writes it)."""
    _reopen(editor, changed)
    editor.file = replace(editor.file, encoding="utf-8")
    editor.document().setModified(True)
    changed()
