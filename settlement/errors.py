"""Every error and refusal says four things, in both languages, under a stable code.

What happened · is the money safe · what to do · what not to do. A *refusal* is a value
(:class:`Refusal`); an *error* is an exception (:class:`OperatorError`). Both carry a :class:`Phrase`,
so a screen, a command and a log say the same words. Bugs are :class:`ProtocolMisuse`: crash, safe to
restart.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar, Literal

from settlement.plain import one_line

Language = Literal["zh", "en"]


@dataclass(frozen=True, slots=True)
class Words:
    """The four sentences in one language. ``{name}`` stands for a detail given with the error."""

    happened: str
    money: str
    do: str
    avoid: str

    def __str__(self) -> str:
        return f"{self.happened} {self.money} {self.do} {self.avoid}"


@dataclass(frozen=True, slots=True)
class Phrase:
    """One kind of error: its stable code and its words in both languages."""

    code: str
    zh: Words
    en: Words

    def say(self, language: Language, details: dict[str, str] | None = None) -> Words:
        """Return the words with the details filled in, each as plain text; a detail that was not given shows as ``—``."""
        words = self.zh if language == "zh" else self.en
        filled = _Dashes({name: one_line(str(value)) for name, value in (details or {}).items()})
        return Words(*(part.format_map(filled) for part in (words.happened, words.money, words.do, words.avoid)))


class _Dashes(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return "—"


@dataclass(frozen=True, slots=True)
class Refusal:
    """A refusal as a value: why the counter will not do it. Nothing has moved."""

    phrase: Phrase
    details: dict[str, str] = field(default_factory=dict, hash=False)

    @property
    def code(self) -> str:
        """The stable code of the kind."""
        return self.phrase.code

    def say(self, language: Language) -> str:
        """Return the four sentences as one line."""
        return str(self.phrase.say(language, self.details))


class OperatorError(Exception):
    """An error that a person at the counter can act on. Subclasses set :attr:`phrase`."""

    phrase: ClassVar[Phrase]

    def __init__(self, **details: str) -> None:
        self.details = details
        super().__init__(str(self.phrase.say("en", details)))

    @property
    def code(self) -> str:
        """The stable code of the kind."""
        return self.phrase.code

    def say(self, language: Language) -> str:
        """Return the four sentences as one line."""
        return f"[{self.code}] {self.phrase.say(language, self.details)}"


class ProtocolMisuse(Exception):
    """A state was given an event that it does not accept: a bug. Nothing changed; safe to restart."""


class SettlementError(OperatorError):
    """A bill, pack or case that cannot be priced."""


class CardError(OperatorError):
    """The card, its reader or the PSAM."""


class JournalError(OperatorError):
    """The local journal."""


class SettingsError(OperatorError):
    """A setting or a file that the operator gave."""


class CentreError(OperatorError):
    """The centre or the way to it."""
