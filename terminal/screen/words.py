"""The words of the screen: English message ids, Chinese by default (gettext; ``make words`` compiles what ``terminal/locale`` holds).

Words of refusals and errors are no messages of these catalogues: a :class:`~settlement.errors.Phrase` brings both languages.
"""

from __future__ import annotations

import gettext
from pathlib import Path

from settlement.errors import Language

DOMAIN = "yibao"
LOCALE = Path(__file__).parents[1] / "locale"
_SPOKEN: dict[Language, gettext.NullTranslations] = {"en": gettext.NullTranslations()}


class _Speech:
    """The language in use: one per process, like the screen itself."""

    language: Language = "zh"


def use(language: Language) -> None:
    """Speak ``language`` from now on."""
    _Speech.language = language


def language() -> Language:
    """Return the language in use."""
    return _Speech.language


def tr(message: str) -> str:
    """Return ``message`` in the language in use."""
    return _spoken().gettext(message)


def trn(one: str, many: str, n: int) -> str:
    """Return what is said of ``n`` things in the language in use: English tells one from many, Chinese does not."""
    return _spoken().ngettext(one, many, n)


def _spoken() -> gettext.NullTranslations:
    spoken = _SPOKEN.get(_Speech.language)
    if spoken is None:
        spoken = gettext.translation(DOMAIN, LOCALE, languages=["zh_CN"], fallback=True)
        _SPOKEN["zh"] = spoken
    return spoken
