"""Which reader is whose, by name; needs the reader library, not a reader."""

from __future__ import annotations

import pytest

pytest.importorskip("smartcard", reason="pyscard is not installed")

from smartcard import scard

from terminal.cards.errors import CardMute, NoCard, NoReader, NotLdtCard, PcscdAbsent, ReaderBusy
from terminal.cards.pcsc import Names
from terminal.cards.pcsc_codes import Code, cause

VIRTUAL = ("Virtual PCD 00 00", "Virtual PCD 00 01")
DUAL = ("ACS ACR1281 1S Dual Reader ICC 00 00", "ACS ACR1281 1S Dual Reader SAM 00 01")
SAM_FIRST = ("Maker X SAM 00 00", "Maker X ICC 00 01")


@pytest.mark.parametrize(
    ("names", "readers", "expected"),
    [
        (Names("", ""), VIRTUAL, VIRTUAL),
        (Names("", ""), DUAL, DUAL),
        (Names("", ""), SAM_FIRST, SAM_FIRST[::-1]),
        (Names("00 01", "00 00"), VIRTUAL, VIRTUAL[::-1]),
        (Names("", "00 00"), VIRTUAL, VIRTUAL[::-1]),
        (Names("00 01", ""), VIRTUAL, VIRTUAL[::-1]),
        (Names("ICC", ""), SAM_FIRST, SAM_FIRST[::-1]),
        (Names("", ""), VIRTUAL[:1], (VIRTUAL[0], None)),
        (Names("", "SAM"), VIRTUAL, (VIRTUAL[0], None)),
        (Names("Omnikey", ""), VIRTUAL[:1], (None, VIRTUAL[0])),
        (Names("", ""), (), (None, None)),
    ],
)
def test_readers_are_told_apart_by_name(names: Names, readers: tuple[str, ...], expected: tuple[str | None, str | None]) -> None:
    """A pattern decides; without one a slot for security modules is the PSAM's, and the first other one the card's."""
    assert expected == names.choose(readers)


@pytest.mark.parametrize(
    ("hresult", "expected"),
    [
        (0x8010000B, ReaderBusy),
        (0x8010000C, NoCard),
        (0x80100069, NoCard),
        (0x80100009, NoReader),
        (0x8010002E, NoReader),
        (0x80100017, NoReader),
        (0x8010001D, PcscdAbsent),
        (0x8010001E, PcscdAbsent),
        (0x8010000F, NotLdtCard),
        (0x80100066, CardMute),
        (0x80100067, CardMute),
        (0x8010002F, CardMute),
    ],
)
def test_each_code_has_its_words(hresult: int, expected: type[Exception]) -> None:
    """What PC/SC refuses a connect with becomes the operator's error."""
    assert expected is type(cause(hresult))


def test_numbers_are_those_of_the_library() -> None:
    """The codes written here are the library's own."""
    found = {name: value & 0xFFFFFFFF for name, value in vars(scard).items() if name.startswith("SCARD_") and isinstance(value, int)}

    assert {} == {code.name: code for code in Code if code not in {found.get(f"SCARD_{kind}_{code.name}") for kind in "EWF"}}
