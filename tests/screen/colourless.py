"""That a screen says in characters what it says in colours: a person who sees no colour loses nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager


@contextmanager
def expect_in_text(text: Callable[[], str]) -> Iterator[None]:
    """Hold that what happens inside changes what ``text`` returns, the screen without its colours. Raises :class:`AssertionError`."""
    seen = text()
    yield
    assert seen != text(), f"only a colour changed, or nothing:\n{seen}"


def expect_told_apart(texts: Mapping[str, str]) -> None:
    """Hold that no two of these, by what they mean, are the same characters. Raises :class:`AssertionError`."""
    meant: dict[str, list[str]] = {}
    for name, text in texts.items():
        meant.setdefault(text, []).append(name)
    assert [] == [names for names in meant.values() if len(names) > 1]
