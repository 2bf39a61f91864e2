"""What this product adds: an offer, a grant, the card's evidence, and what the centre signs."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from nhsa import extension
from nhsa.pharmacy import DrugInfo
from settlement.allowance import CardRecord

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
DEBIT = extension.Debit(
    card_no="12345678X",
    card_sn="990100D15600000512345678FFFFFFFF",
    generation=255,
    counter_before=253,
    counter_after=254,
    tag=65_535,
    debit_fen=50_000,
    hotlist_version=2**31,
    hotlist_age_s=259_200,
    reason="LINE-DOWN",
)
CARD_DEBIT = extension.CardDebit(
    card_no="12345678X",
    card_sn="990100D15600000512345678FFFFFFFF",
    sequence=65_535,
    terminal="990100000001",
    number=2_359_599_999,
    moment="20260302235959",
    own_fen=2**32 - 1,
    pooled_fen=0,
    balance_fen=2**32 - 1,
    tac="0A1B2C3D",
    hotlist_version=2**31,
    hotlist_age_s=259_200,
    reason="LINE-DOWN",
)
BYTES, TAGS = st.none() | st.integers(0, 255), st.none() | st.integers(0, 65_535)
RECORDS = st.builds(
    CardRecord,
    generation=BYTES,
    counter=BYTES,
    amount_fen=st.none() | st.integers(0, 2**32 - 1),
    not_after=st.none() | st.sampled_from("123456789ABC"),
    tags=st.lists(TAGS, max_size=8).map(tuple),
)


def signed_hotlist(*numbers: str, version: int = 3) -> dict[str, Any]:
    """Return a hotlist as the centre with :data:`KEY` sends it."""
    at = "2026-03-02T09:00:00+08:00"
    signature = extension.sign(KEY, "hotlist", version, *numbers, at)
    return {"version": version, "numbers": list(numbers), "signed_time": at, "signature": signature}


def public_key(key: Ed25519PrivateKey = KEY) -> str:
    """Return the public half as it is offered."""
    return base64.b64encode(key.public_key().public_bytes_raw()).decode()


@given(RECORDS)
def test_a_record_is_sent_as_it_was_read(record: CardRecord) -> None:
    """Unreadable parts too: they are evidence."""
    sent = json.loads(json.dumps(extension.RecordRead.of(record).model_dump()))

    assert record == extension.RecordRead.model_validate(sent).record()


@pytest.mark.parametrize("age_s", [None, 0, 259_200])
def test_the_evidence_of_a_debit_survives_the_line(age_s: int | None) -> None:
    """It travels as text within a national member, whose length it keeps to."""
    debit = DEBIT.model_copy(update={"hotlist_age_s": age_s})
    text = extension.carry(debit)

    assert debit == extension.carried(text)
    assert 4000 == next(bound.max_length for bound in DrugInfo.model_fields["expContent"].metadata if hasattr(bound, "max_length"))
    assert len(text) < 400


@pytest.mark.parametrize("tac", ["", "0A1B2C3D"])
def test_the_proof_of_a_card_survives_the_line(tac: str) -> None:
    """With its TAC or without, and within the same length."""
    debit = CARD_DEBIT.model_copy(update={"tac": tac})
    text = extension.carry(debit)

    assert debit == extension.carried(text)
    assert len(text) < 450


@pytest.mark.parametrize("changes", [{"tac": "0a1b2c3d"}, {"tac": "0A1B"}, {"sequence": 65_536}, {"terminal": "1"}, {"moment": "2026"}])
def test_a_proof_of_another_form_is_none(changes: dict[str, Any]) -> None:
    """It is refused before anything is looked up."""
    with pytest.raises(ValueError, match=next(iter(changes))):
        extension.carried(extension.carry(CARD_DEBIT.model_copy(update=changes)))


@pytest.mark.parametrize("content", ["", '{"other":"member"}'])
def test_an_on_line_sale_carries_none(content: str) -> None:
    """Another's content in the same member is none of ours."""
    assert extension.carried(content) is None


@pytest.mark.parametrize(
    "change", [{"debit_fen": -1}, {"generation": 256}, {"tag": 65_536}, {"card_no": ""}, {"more": 1}, {"counter_after": None}]
)
def test_evidence_out_of_bounds_is_refused(change: dict[str, object]) -> None:
    """It moves money."""
    with pytest.raises(ValueError, match=next(iter(change))):
        extension.carried(json.dumps({"yibao_debit": DEBIT.model_dump() | change}))


@pytest.mark.parametrize("content", ["", "{}", "x", "[]", '{"yibao":2,"public_key":"","signed_time":"","signature":""}', '{"yibao":1}'])
def test_who_offers_nothing_offers_nothing(content: str) -> None:
    """A local member of another make, or another version, is no offer."""
    assert extension.read_offer(content) is None


def test_the_signed_hotlist_is_read() -> None:
    """With the key that was pinned."""
    hotlist = extension.read_hotlist({"hotlist": signed_hotlist("12345678X", "87654321X")}, public_key())

    assert (3, ("12345678X", "87654321X")) == (hotlist.version, hotlist.numbers)


@pytest.mark.parametrize(
    "change",
    [
        {"version": 4},
        {"numbers": ["12345678X"]},
        {"numbers": ["87654321X", "12345678X"]},
        {"numbers": ["12345678X87654321X"]},
        {"signed_time": "2026-03-03T09:00:00+08:00"},
        {"signature": ""},
        {"signature": "x"},
    ],
)
def test_a_changed_hotlist_is_not_signed(change: dict[str, object]) -> None:
    """No number can be taken off, no list made to look younger."""
    with pytest.raises(extension.NotSigned):
        extension.read_hotlist({"hotlist": signed_hotlist("12345678X", "87654321X") | change}, public_key())


def test_a_signature_serves_one_key_and_one_purpose() -> None:
    """A signed time is no hotlist, and another centre's word is not this one's."""
    signature = extension.sign(KEY, "time", "2026-03-02T09:00:00+08:00")
    extension.verify(public_key(), signature, "time", "2026-03-02T09:00:00+08:00")

    with pytest.raises(extension.NotSigned):
        extension.verify(public_key(), signature, "hotlist", "2026-03-02T09:00:00+08:00")
    with pytest.raises(extension.NotSigned):
        extension.verify(public_key(Ed25519PrivateKey.generate()), signature, "time", "2026-03-02T09:00:00+08:00")
    with pytest.raises(extension.NotSigned):
        extension.verify("no key", signature, "time", "2026-03-02T09:00:00+08:00")
