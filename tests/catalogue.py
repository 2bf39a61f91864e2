"""The screen's words: collect each ``tr("…")`` and ``trn("one", "many", n)``, merge with the Chinese there is, compile.

``python -m tests.catalogue``

The catalogue holds no line numbers, dates or names, so that it changes only when a word does. Append new entries at its end:
what is given twice counts as given last. An entry that no ``tr`` asks for any more is kept as ``#~`` until ``--prune``, and is
used again when its words come back.
"""

from __future__ import annotations

import argparse
import ast
import io
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import PoFileParser, write_po

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

ROOT = Path(__file__).parents[1]
SPOKEN_IN = ("terminal", "offline_queue")
"""Packages whose words reach the screen."""
CATALOGUE = ROOT / "terminal" / "locale" / "zh_CN" / "LC_MESSAGES" / "yibao.po"
COMPILED = CATALOGUE.with_suffix(".mo")
_COMMENT = "# The screen's words in Chinese. `make words` extracts, merges and compiles."
HEADER = {
    "Project-Id-Version": "yibao-terminal",
    "Language": "zh_CN",
    "MIME-Version": "1.0",
    "Content-Type": "text/plain; charset=utf-8",
    "Content-Transfer-Encoding": "8bit",
    "Plural-Forms": "nplurals=1; plural=0;",
}


Id = str | tuple[str, str]
"""What is said once, or of one thing and of many: Chinese has one form for both."""


class Words(Catalog):
    """A catalogue whose head says nothing that changes by itself."""

    def __init__(self) -> None:
        super().__init__(locale="zh_CN", fuzzy=False, header_comment=_COMMENT)

    def __iter__(self) -> Iterator[Message]:
        yield Message("", "".join(f"{name}: {value}\n" for name, value in HEADER.items()))
        yield from self._messages.values()


def sources() -> list[Path]:
    """Return the files in which a ``tr`` or ``trn`` may stand."""
    return sorted(path for package in SPOKEN_IN for path in (ROOT / package).rglob("*.py"))


def asked_in(text: str) -> set[Id]:
    """Return the message ids that one source asks for, in f-strings too, where a reader of tokens finds none before Python 3.12."""
    calls = (node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Call))
    named = [(call.func.id, call.args) for call in calls if isinstance(call.func, ast.Name)]
    said = [argument.value for name, arguments in named if name == "tr" for argument in arguments if isinstance(argument, ast.Constant)]
    pairs = [_literals(arguments[:2]) for name, arguments in named if name == "trn"]
    return {message for message in said if isinstance(message, str)} | {(pair[0], pair[1]) for pair in pairs if len(pair) == 2}


def _literals(arguments: list[ast.expr]) -> list[str]:
    return [argument.value for argument in arguments if isinstance(argument, ast.Constant) and isinstance(argument.value, str)]


def first(message: Id) -> str:
    """Return what a message is sorted by: the file names it so."""
    return message if isinstance(message, str) else message[0]


def spoken(paths: Iterable[Path]) -> set[Id]:
    """Return every message id that the files ask for."""
    return {message for path in paths for message in asked_in(path.read_text(encoding="utf-8"))}


class _AsGiven(Catalog):
    """A catalogue as a person left it: of an entry that stands there twice the later one counts."""

    def __setitem__(self, id: str | list[str] | tuple[str, ...], message: Message) -> None:  # noqa: A002 - the library's name
        if id and message.string:
            self.delete(id)
        super().__setitem__(id, message)


def known(text: bytes) -> dict[Id, str]:
    """Return message id → Chinese of a catalogue as it stands in a file, of entries out of use too; a fuzzy one is not known."""
    given = _AsGiven(locale="zh_CN")
    PoFileParser(given, abort_invalid=True).parse(io.BytesIO(text))
    entries = [*given.obsolete.values(), *(message for message in given if message.id)]
    return {_id(message): _form(message) for message in entries if _form(message) and not message.fuzzy}


def _id(message: Message) -> Id:
    if isinstance(message.id, str):
        return message.id
    one, many = message.id
    return one, many


def _form(message: Message) -> str:
    said = message.string or ""
    return said if isinstance(said, str) else said[0]


def _entered(message: Id, chinese: str) -> Message:
    return Message(message, chinese if isinstance(message, str) else (chinese,))


def merged(asked: set[Id], chinese: dict[Id, str], *, prune: bool = False) -> Words:
    """Return the catalogue of what is asked for, as far as its Chinese is known; the rest is obsolete."""
    words = Words()
    for message in sorted(asked & chinese.keys(), key=first):
        words[first(message)] = _entered(message, chinese[message])
    for message in sorted(chinese.keys() - asked if not prune else (), key=first):
        words.obsolete[first(message)] = _entered(message, chinese[message])
    return words


def written(words: Catalog) -> bytes:
    """Return the text of the ``.po`` file."""
    file = io.BytesIO()
    write_po(file, words, width=0, no_location=True, sort_output=True)
    return file.getvalue().rstrip() + b"\n"


def compiled(words: Catalog) -> bytes:
    """Return the bytes of the ``.mo`` file."""
    file = io.BytesIO()
    write_mo(file, words)
    return file.getvalue()


def main() -> int:
    """Write both files; return 1 and name what has no Chinese yet."""
    parser = argparse.ArgumentParser(prog="python -m tests.catalogue", description="Collect, merge and compile the screen's words.")
    parser.add_argument("--prune", action="store_true", help="drop entries that no tr asks for")
    asked = spoken(sources())
    words = merged(asked, known(CATALOGUE.read_bytes()), prune=parser.parse_args().prune)
    CATALOGUE.write_bytes(written(words))
    COMPILED.write_bytes(compiled(words))
    untranslated = sorted(asked - {_id(message) for message in words}, key=first)
    for message in untranslated:
        sys.stderr.write(f"no Chinese yet: {first(message)}\n")
    if words.obsolete:
        sys.stderr.write(f"{len(words.obsolete)} entries are out of use; --prune drops them\n")
    return 1 if untranslated else 0


if __name__ == "__main__":
    raise SystemExit(main())
