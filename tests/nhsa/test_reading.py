"""Tolerant in types, exact in money, bounded in everything."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from nhsa.reading import DEPTH_MAX, Content, Fen, NotReadable, Text, decode
from nhsa.settlement import SetlInfo, setlinfo_of
from settlement.figures import Figures
from settlement.money import format_yuan

FEN: TypeAdapter[int] = TypeAdapter(Fen)
TEXT: TypeAdapter[str] = TypeAdapter(Text)
AMOUNTS = st.integers(-(10**12), 10**12)


@pytest.mark.parametrize(
    ("sent", "fen"),
    [
        ("4.52", 452),
        ('"4.52"', 452),
        ("69.6", 6960),
        ("0", 0),
        ("0.0", 0),
        ("-25.1", -2510),
        ("null", 0),
        ('""', 0),
        ('" 4.52 "', 452),
        ("23442.4600", 2344246),
        ('".52"', 52),
        ('"-.5"', -50),
        ("0E-8", 0),
        ('"0.00e+2"', 0),
    ],
)
def test_an_amount_is_read_in_every_form_that_is_seen(sent: str, fen: int) -> None:
    """Number, text, null and empty; Java's and Oracle's zeros too."""
    assert fen == FEN.validate_python(decode(f'{{"a":{sent}}}'.encode())["a"])


@pytest.mark.parametrize(
    "sent", ["4.525", "true", "[]", '"x"', '"1,000.00"', '"４.52"', '"1_0"', '"0x1"', "1e2", '"--1"', '"1.2.3"', "123456789012345678"]
)
def test_what_is_no_amount_is_refused(sent: str) -> None:
    """Nothing is rounded, guessed or cut."""
    members = decode(f'{{"a":{sent}}}'.encode())

    with pytest.raises(ValidationError):
        FEN.validate_python(members["a"])


@given(AMOUNTS)
def test_an_amount_survives_the_line(fen: int) -> None:
    """As the text that we write and as a bare number, to the fen."""
    text = format_yuan(fen)

    assert (fen, fen) == tuple(FEN.validate_python(decode(f'{{"a":{form}}}'.encode())["a"]) for form in (f'"{text}"', text))


def test_a_text_is_read_from_null_and_number() -> None:
    """Null is empty, a number its digits: no binary fraction, no lost zeros."""
    members = decode(b'{"a":null,"b":35.10,"c":680003}')

    assert ["", "35.10", "680003"] == [TEXT.validate_python(value) for value in members.values()]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"1",
        b"[]",
        b"null",
        b'{"a":1,"a":2}',
        b'{"a":{"b":1,"b":1}}',
        b'{"a":NaN}',
        b'{"a":-Infinity}',
        b'{"a":"\\ud800"}',
        b'{"\\udfff":1}',
        b'{"a":"\xff"}',
        b'{"a":1}x',
        b'{"a":' * (DEPTH_MAX) + b"1" + b"}" * DEPTH_MAX,
        b'{"a":' + b"[" * 200_000,
    ],
)
def test_what_is_no_object_of_the_interface_is_refused(content: bytes) -> None:
    """Each in one known way: never another exception."""
    if content.startswith(b'{"a":{"a":'):
        content = b'{"a":' + content + b"}"

    with pytest.raises(NotReadable):
        decode(content)


def test_the_deepest_that_is_allowed_is_read() -> None:
    """The bound is a bound, not one less."""
    content = b'{"a":' * DEPTH_MAX + b"1" + b"}" * DEPTH_MAX

    assert "a" in decode(content)


@given(st.binary(max_size=300))
def test_noise_is_refused_or_read(content: bytes) -> None:
    """Any bytes give an object or :class:`NotReadable`."""
    try:
        read: object = decode(content)
    except NotReadable as refused:
        read = refused

    assert isinstance(read, dict | NotReadable)


class Sample(Content):
    """A part of a request."""

    a: str
    b: str = ""


@pytest.mark.parametrize("members", [{"a": 1}, {}, {"a": "x", "c": "y"}, {"a": None}])
def test_a_part_of_a_request_is_strict(members: dict[str, object]) -> None:
    """Another type, nothing where something must be, and an unknown member."""
    with pytest.raises(ValidationError):
        Sample.model_validate(members)


def test_empty_optional_members_are_left_out() -> None:
    """What says nothing is not sent."""
    assert {"a": "x"} == Sample(a="x").wire()


FIGURES = st.builds(
    Figures,
    **{name: st.integers(0, 10**10) for name in Figures.__dataclass_fields__ if name != "pool_prop_selfpay"},
    pool_prop_selfpay=st.integers(0, 10_000),
).filter(lambda figures: figures.psn_part_amt != 0)


@given(FIGURES, st.booleans(), st.booleans())
def test_figures_survive_either_spelling(figures: Figures, reversal: bool, negative: bool) -> None:  # noqa: FBT001 - cases
    """Every amount and the ratio come back as they were sent, under the names of a sale or of a reversal."""
    said = figures.negated() if negative else figures
    content = json.dumps({"setlinfo": setlinfo_of(said, reversal=reversal)}).encode()

    assert said == SetlInfo.model_validate(decode(content)["setlinfo"]).figures()


def test_the_two_spellings_differ_where_the_interface_says() -> None:
    """``psn_part_amt`` and ``psn_cash_pay`` are ``psn_pay`` and ``cash_payamt`` in 2103 and 5203."""
    figures = Figures(medfee_sumamt=1)

    settled, reversed_ = set(setlinfo_of(figures)), set(setlinfo_of(figures, reversal=True))

    assert {"psn_part_amt", "psn_cash_pay"} == settled - reversed_
    assert {"psn_pay", "cash_payamt"} == reversed_ - settled


def test_of_two_spellings_the_one_that_says_something_counts() -> None:
    """A null under one name does not hide the amount under the other; a third spelling is seen in copies of 2208."""
    both = SetlInfo.model_validate({"medfee_sumamt": "5", "acct_pay": "2", "psn_cash_pay": None, "cash_payamt": "3", "psn_pay": "5"})
    third = SetlInfo.model_validate({"medfee_sumamt": "5", "pdn_cash_pay": "5"})

    assert (3_00, 5_00) == (both.figures().psn_cash_pay, both.figures().psn_part_amt)
    assert (5_00, 5_00) == (third.figures().psn_cash_pay, third.figures().psn_part_amt)


def test_what_a_reversal_leaves_null_follows() -> None:
    """Identity C gives the personal part; the rest is nothing."""
    said = {
        "medfee_sumamt": "-25.1",
        "acct_pay": "-25.1",
        "cash_payamt": 0,
        "psn_pay": None,
        "hosp_part_amt": None,
        "acct_mulaid_pay": None,
    }

    figures = SetlInfo.model_validate(said).figures()

    assert (-25_10, -25_10, 0, 0) == (figures.psn_part_amt, figures.acct_pay, figures.psn_cash_pay, figures.hosp_part_amt)
    assert "C" not in figures.broken_identities()
