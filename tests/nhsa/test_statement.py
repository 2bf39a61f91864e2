"""The files of 3202: read as they are written, and nothing is concluded from one that is none."""

from __future__ import annotations

import io
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from nhsa import statement
from nhsa.reading import NotReadable
from settlement.statement import BALANCED, CENTRE_MORE, Amounts, Stated, Told

FEN = some.integers(-(10**12), 10**12)
WORD = some.text(some.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1, max_size=20).filter(lambda text: text != "null")
ROWS = some.builds(
    Stated,
    setl_id=WORD,
    mdtrt_id=WORD,
    msgid=some.just(""),
    refund=some.booleans(),
    amounts=some.builds(Amounts, total_fen=FEN, fund_fen=FEN, account_fen=FEN),
)


def packed(text: str | bytes, *names: str) -> bytes:
    """Return a zip with the same text under each name."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in names or ("rows.txt",):
            archive.writestr(name, text)
    return content.getvalue()


@settings(max_examples=40)
@given(some.lists(some.tuples(WORD, ROWS), max_size=5))
def test_what_goes_up_is_what_is_read(rows: list[tuple[str, Stated]]) -> None:
    """Whatever stands in a member, and the same bytes for the same rows."""
    sent = [statement.Row(psn_no=psn_no, stated=row) for psn_no, row in rows]

    assert tuple(sent) == statement.read_rows(statement.write_rows(sent, "rows.txt"))
    assert statement.write_rows(sent, "rows.txt") == statement.write_rows(sent, "rows.txt")


def test_a_result_may_have_no_amounts_and_more_members_than_we_know() -> None:
    """Seven members, ten, or more; `null` is empty, and a byte-order mark or CRLF is no fault."""
    old = "P1\tM1\tS1\tX1\t000101\t0\tnull"
    new = "P1\tM2\tS2\tX2\t000000\t1\tsaid so\t-1.10\t0\t-1.1\tmore"
    read = statement.read_results(packed(f"\ufeff{old}\r\n{new}\r\n\r\n".encode()))

    assert [
        Told(row=Stated(setl_id="S1", mdtrt_id="M1", msgid="X1", refund=False, amounts=None), result=CENTRE_MORE),
        Told(
            row=Stated(setl_id="S2", mdtrt_id="M2", msgid="X2", refund=True, amounts=Amounts(total_fen=-110, fund_fen=0, account_fen=-110)),
            result=BALANCED,
        ),
    ] == [row.told for row in read]
    assert ["", "said so"] == [row.memo for row in read]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b'{"infcode":-1}',
        packed("a\tb"),
        packed("P1\tM1\tnull\tX1\t000101\t0\tnull"),
        packed("P1\tM1\tS1\tX1\t000101\t0\tnull\t1.001\t0\t0"),
        packed(b"\xff\xfe\x00"),
        packed("x", "one.txt", "two.txt"),
        packed("x" * (statement.FILE_MAX + 1)),
        packed("P1\tM1\tS1\tX1\t000101\t0\tnull")[:-8],
    ],
    ids=["empty", "envelope", "short row", "no setl_id", "no money", "no text", "two files", "bomb", "cut"],
)
def test_a_file_that_is_none_says_nothing(content: bytes) -> None:
    """Half a file is none: a doubt is never closed by what it leaves out."""
    with pytest.raises((NotReadable, ValueError), match=r"."):
        statement.read_results(content)


def test_a_zip_that_lies_about_its_size_is_read_no_further() -> None:
    """The stated size is small, what comes out is not."""
    content = bytearray(packed("0" * (statement.FILE_MAX + 10)))
    true_size = (statement.FILE_MAX + 10).to_bytes(4, "little")
    for at in (content.find(true_size), content.rfind(true_size)):
        content[at : at + 4] = (100).to_bytes(4, "little")

    with pytest.raises(NotReadable):
        statement.read_results(bytes(content))
