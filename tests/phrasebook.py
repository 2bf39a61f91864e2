"""Collect every phrase of ours and write ``docs/errors.md``: ``python -m tests.phrasebook > docs/errors.md``."""

from __future__ import annotations

import importlib
import importlib.util
import pkgutil
import sys
from typing import TYPE_CHECKING

from settlement.errors import OperatorError, Phrase, Refusal

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType

PACKAGES = ("settlement", "nhsa", "terminal", "offline_queue", "config", "clearing", "simulator")
_HEAD = """# Errors and refusals · 错误与拒绝

Every message has a stable code and says four things: what happened, whether the money is safe, what to do, what not to do.
`{…}` stands for a detail of the case. Generated from the code by `make docs`.

每条提示都有固定代码，说明四件事：发生了什么、钱是否安全、该做什么、不要做什么。`{…}` 为具体情况。本文件由 `make docs` 从代码生成。
"""


def our_modules() -> Iterator[ModuleType]:
    """Import every module of ours; the reader's own one only where its library is installed."""
    for package in PACKAGES:
        root = importlib.import_module(package)
        yield root
        for found in pkgutil.walk_packages(root.__path__, f"{package}."):
            needs_reader = found.name == "terminal.cards.pcsc" and importlib.util.find_spec("smartcard") is None
            if not needs_reader and not found.name.endswith("__main__"):
                yield importlib.import_module(found.name)


def error_classes() -> list[type[OperatorError]]:
    """Return every error class of ours that an operator may meet; those that only group others have no words."""
    for _ in our_modules():
        pass
    found: list[type[OperatorError]] = []
    waiting = [OperatorError]
    while waiting:
        below = [kind for kind in waiting.pop().__subclasses__() if kind.__module__.partition(".")[0] in PACKAGES]
        found += below
        waiting += below
    return [kind for kind in found if kind.__module__ != OperatorError.__module__ and ("phrase" in vars(kind) or not kind.__subclasses__())]


def phrases() -> list[Phrase]:
    """Return every phrase of ours once, by code."""
    found: dict[int, Phrase] = {id(kind.phrase): kind.phrase for kind in error_classes() if hasattr(kind, "phrase")}
    for module in our_modules():
        for value in vars(module).values():
            found |= {id(phrase): phrase for phrase in _within(value)}
    return sorted(found.values(), key=lambda phrase: phrase.code)


def _within(value: object) -> Iterator[Phrase]:
    if isinstance(value, Phrase):
        yield value
    elif isinstance(value, Refusal):
        yield value.phrase
    elif isinstance(value, dict | tuple | list | frozenset):
        for member in value.values() if isinstance(value, dict) else value:
            yield from _within(member)


def document() -> str:
    """Return the text of ``docs/errors.md``."""
    parts = [_HEAD]
    for phrase in phrases():
        zh, en = phrase.zh, phrase.en
        parts.append(f"\n## {phrase.code}\n\n{zh.happened} {zh.money} {zh.do} {zh.avoid}\n\n{en.happened} {en.money} {en.do} {en.avoid}\n")
    return "".join(parts)


if __name__ == "__main__":
    sys.stdout.write(document())
