"""The text that is chained: what JSON says of a body, and the same again when it is read back."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from offline_queue.journal import chain
from settlement.bill import Venue
from tests.journal.entries import ONE, PERSON, sale

# No lone surrogates: they are no text. No floats: money and quantities are integers.
TEXT = st.text(st.characters(exclude_categories=["Cs"]))
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | TEXT,
    lambda inner: st.lists(inner) | st.dictionaries(TEXT, inner),
)


def _by_the_library(value: Any) -> str:  # noqa: ANN401 - any JSON value
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


@given(value=VALUES)
def test_text_is_json_without_blanks(value: Any) -> None:  # noqa: ANN401 - any JSON value
    """Every value that a body may hold gives the text that any JSON library gives, and comes back from it."""
    text = chain.text_of(value)

    assert _by_the_library(value) == text
    assert value == json.loads(text)


def test_a_body_is_chained_as_its_json() -> None:
    """Names in Chinese stay as they are, and a word of a fixed set is its value."""
    body = sale(ONE).body

    assert _by_the_library(body) == chain.text_of(body)
    assert "演示" in chain.text_of(PERSON)
    assert '["pharmacy"]' == chain.text_of([Venue.PHARMACY])


def test_no_two_records_give_the_same_bytes() -> None:
    """Each part is chained after its length: what moves from one column to the next changes the link."""
    whole = ("at", "till", "kind", "subject", b"body")
    links = {
        chain.link(b"", 1, *whole, b""),
        chain.link(b"", 1, "att", "ill", "kind", "subject", b"body", b""),
        chain.link(b"", 1, "at", "till", "kinds", "ubject", b"body", b""),
        chain.link(b"", 1, "at", "till", "kind", "subjectb", b"ody", b""),
        chain.link(b"", 11, "t", "till", "kind", "subject", b"body", b""),
    }

    assert 5 == len(links)
