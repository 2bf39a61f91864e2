"""3201 totals, 3202 details, and the files that 3202 goes by: 9101 up, 9102 down (interface 2.10).

The detail file is text in UTF-8, a row a line, members between TABs, ``null`` for what is empty, alone in a zip. Members as
[C SZ, YBHI, DG, ZEB]; what is not confirmed stands in :data:`UNCONFIRMED`.
"""

from __future__ import annotations

import base64
import binascii
import io
import zipfile
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import Field, field_validator

from nhsa import codes
from nhsa.reading import Answer, Content, NotReadable, Text, yuan
from settlement.money import parse_scaled
from settlement.statement import Amounts, Group, Stated, Told, Totals

TOTALS, DETAILS, UPLOAD, DOWNLOAD = "3201", "3202", "9101", "9102"
UNCONFIRMED = {
    "9101.in": "the bytes as Base64; arrays of numbers are seen in class models, and read here too",
    "3202.file": "one text file in the zip, of any name",
    "3202.result.amounts": "the last three members of a result row, where there are ten, are the centre's amounts",
    "3202.stmt_rslt": "000101 means that the centre has more",
}
"""What of the above no source says outright, by where it stands."""
FILE_MAX = 33_554_432
"""Most bytes of an unpacked file: about 250,000 rows. A zip that says or gives more is refused."""
FLAGS: dict[bool, str] = {False: codes.NOT_REFUNDED, True: codes.REFUNDED}
_REFUNDED = {codes.REFUNDED, "001"}
_NULL, _TAB = "null", "\t"
_SENT, _ANSWERED, _WITH_AMOUNTS = 7, 7, 10

Code = Annotated[str, Field(min_length=1, max_length=6)]
Day = Annotated[str, Field(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$")]
Sum = Annotated[str, Field(pattern=r"^-?[0-9]{1,14}(\.[0-9]{1,2})?$")]
"""num16,2 as text; below zero where more was refunded than settled."""
Count = Annotated[str, Field(pattern=r"^[0-9]{1,10}$")]
"""num10 as text: numbers on the wire are read as their own text."""
FileNumber = Annotated[str, Field(min_length=1, max_length=30)]
FileName = Annotated[str, Field(min_length=1, max_length=200)]


class TotalsQuery(Content):
    """``data`` of 3201."""

    insutype: Code
    clr_type: Code
    setl_optins: Code
    stmt_begndate: Day
    stmt_enddate: Day
    medfee_sumamt: Sum
    fund_pay_sumamt: Sum
    acct_pay: Sum
    fixmedins_setl_cnt: Count


class TotalsAnswer(Answer):
    """``stmtinfo`` of 3201."""

    setl_optins: Text = ""
    stmt_rslt: Text
    stmt_rslt_dscr: Text = ""


class Upload(Content):
    """``fsUploadIn`` of 9101; ``in`` is a word of Python's, so it has another name here."""

    content: str = Field(alias="in")
    filename: FileName
    fixmedins_code: Annotated[str, Field(min_length=1, max_length=12)]

    @field_validator("content", mode="before")
    @classmethod
    def _bytes(cls, given: object) -> object:
        """Take an array of numbers as well, signed as Java writes them."""
        if not isinstance(given, list):
            return given
        try:
            return base64.b64encode(bytes(int(number) % 256 for number in given)).decode()
        except (TypeError, ValueError) as error:
            raise ValueError("in") from error


class Uploaded(Answer):
    """What 9101 answers: the number under which 3202 finds the file."""

    file_qury_no: Annotated[Text, Field(min_length=1, max_length=30)]
    filename: Text = ""


class DetailsQuery(Content):
    """``data`` of 3202."""

    setl_optins: Code
    file_qury_no: FileNumber
    stmt_begndate: Day
    stmt_enddate: Day
    medfee_sumamt: Sum
    fund_pay_sumamt: Sum
    cash_payamt: Sum
    fixmedins_setl_cnt: Count
    clr_type: Code


class DetailsAnswer(Answer):
    """``fileinfo`` of 3202: where the result lies."""

    file_qury_no: Annotated[Text, Field(min_length=1, max_length=30)]
    filename: Annotated[Text, Field(min_length=1, max_length=200)]


class Download(Content):
    """``fsDownloadIn`` of 9102."""

    file_qury_no: FileNumber
    filename: FileName
    fixmedins_code: Annotated[str, Field(min_length=1, max_length=12)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row of either file, with whom it is about."""

    psn_no: str
    stated: Stated


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultRow:
    """One row of the centre's result, with whom it is about and what the centre remarked."""

    psn_no: str
    told: Told
    memo: str = ""


def totals_input(group: Group, day: str, totals: Totals) -> dict[str, Any]:
    """Return the input of 3201 for one day."""
    query = TotalsQuery(
        insutype=group.insutype,
        clr_type=group.clr_type,
        setl_optins=group.setl_optins,
        stmt_begndate=day,
        stmt_enddate=day,
        medfee_sumamt=yuan(totals.amounts.total_fen),
        fund_pay_sumamt=yuan(totals.amounts.fund_fen),
        acct_pay=yuan(totals.amounts.account_fen),
        fixmedins_setl_cnt=str(totals.count),
    )
    return {"data": query.model_dump()}


def read_totals(output: dict[str, Any]) -> TotalsAnswer:
    """Return what 3201 answered. Raises :class:`ValueError`."""
    return TotalsAnswer.model_validate(output.get("stmtinfo"))


def upload_input(content: bytes, filename: str, fixmedins_code: str, *, as_numbers: bool = False) -> dict[str, Any]:
    """Return the input of 9101."""
    file = list(content) if as_numbers else base64.b64encode(content).decode()
    return {"fsUploadIn": {"in": file, "filename": filename, "fixmedins_code": fixmedins_code}}


def read_upload(members: object) -> tuple[bytes, str]:
    """Return the file that 9101 brought and its name (the centre's side). Raises :class:`ValueError`."""
    upload = Upload.model_validate(members)
    try:
        return base64.b64decode(upload.content, validate=True), upload.filename
    except binascii.Error as error:
        raise NotReadable("in") from error


def read_uploaded(output: dict[str, Any]) -> Uploaded:
    """Return what 9101 answered. Raises :class:`ValueError`."""
    return Uploaded.model_validate(output.get("fsUploadOut") or output)


def details_input(file_qury_no: str, *, setl_optins: str, clr_type: str, day: str, totals: Totals, cash_fen: int) -> dict[str, Any]:
    """Return the input of 3202 for one day."""
    query = DetailsQuery(
        setl_optins=setl_optins,
        file_qury_no=file_qury_no,
        stmt_begndate=day,
        stmt_enddate=day,
        medfee_sumamt=yuan(totals.amounts.total_fen),
        fund_pay_sumamt=yuan(totals.amounts.fund_fen),
        cash_payamt=yuan(cash_fen),
        fixmedins_setl_cnt=str(totals.count),
        clr_type=clr_type,
    )
    return {"data": query.model_dump()}


def read_details(output: dict[str, Any]) -> DetailsAnswer:
    """Return what 3202 answered. Raises :class:`ValueError`."""
    return DetailsAnswer.model_validate(output.get("fileinfo"))


def download_input(file_qury_no: str, filename: str, fixmedins_code: str) -> dict[str, Any]:
    """Return the input of 9102."""
    return {"fsDownloadIn": Download(file_qury_no=file_qury_no, filename=filename, fixmedins_code=fixmedins_code).model_dump()}


def write_rows(rows: Iterable[Row], name: str) -> bytes:
    """Return the file that a counter sends up: ``name`` in a zip."""
    return _packed((_sent(row) for row in rows), name)


def read_rows(content: bytes) -> tuple[Row, ...]:
    """Return the rows that a counter sent up (the centre's side). Raises :class:`ValueError`."""
    return tuple(_row_sent(members) for members in _unpacked(content, _SENT))


def write_results(rows: Iterable[ResultRow], name: str) -> bytes:
    """Return the centre's result file (the centre's side)."""
    return _packed((_answered(row) for row in rows), name)


def read_results(content: bytes) -> tuple[ResultRow, ...]:
    """Return what the centre found. Raises :class:`ValueError` for anything that is not such a file: no part of it is believed."""
    return tuple(_row_answered(members) for members in _unpacked(content, _ANSWERED))


def _sent(row: Row) -> tuple[str, ...]:
    one, amounts = row.stated, row.stated.amounts
    assert amounts is not None
    sums = (yuan(amounts.total_fen), yuan(amounts.fund_fen), yuan(amounts.account_fen))
    return (one.setl_id, one.mdtrt_id, row.psn_no, *sums, FLAGS[one.refund])


def _row_sent(members: list[str]) -> Row:
    setl_id, mdtrt_id, psn_no, *sums, flag = members[:_SENT]
    stated = Stated(setl_id=setl_id, mdtrt_id=mdtrt_id, msgid="", refund=flag in _REFUNDED, amounts=_amounts(sums))
    return Row(psn_no=psn_no, stated=stated)


def _answered(row: ResultRow) -> tuple[str, ...]:
    one, amounts = row.told.row, row.told.row.amounts
    sums = ("", "", "") if amounts is None else (yuan(amounts.total_fen), yuan(amounts.fund_fen), yuan(amounts.account_fen))
    return (row.psn_no, one.mdtrt_id, one.setl_id, one.msgid, row.told.result, FLAGS[one.refund], row.memo, *sums)


def _row_answered(members: list[str]) -> ResultRow:
    psn_no, mdtrt_id, setl_id, msgid, result, flag, memo = members[:_ANSWERED]
    sums = members[_ANSWERED:_WITH_AMOUNTS]
    amounts = _amounts(sums) if len(sums) == _WITH_AMOUNTS - _ANSWERED and any(sums) else None
    if not setl_id:
        raise NotReadable("setl_id")
    stated = Stated(setl_id=setl_id, mdtrt_id=mdtrt_id, msgid=msgid, refund=flag in _REFUNDED, amounts=amounts)
    return ResultRow(psn_no=psn_no, told=Told(row=stated, result=result), memo=memo)


def _amounts(sums: list[str]) -> Amounts:
    total_fen, fund_fen, account_fen = (parse_scaled(text or "0", 2) for text in sums)
    return Amounts(total_fen=total_fen, fund_fen=fund_fen, account_fen=account_fen)


def _packed(rows: Iterable[tuple[str, ...]], name: str) -> bytes:
    lines = [_TAB.join(_member(text) for text in row) for row in rows]
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        # A fixed time of the entry: the same rows always give the same bytes.
        archive.writestr(zipfile.ZipInfo(name), "".join(f"{line}\n" for line in lines))
    return packed.getvalue()


def _member(text: str) -> str:
    """Return a member as it stands in a row: neither a TAB nor the end of a line may be inside."""
    return " ".join(text.split()) or _NULL


def _unpacked(content: bytes, least: int) -> Iterable[list[str]]:
    for line in _text(content).splitlines():
        if not line.strip():
            continue
        members = ["" if text == _NULL else text for text in line.split(_TAB)]
        if len(members) < least:
            raise NotReadable(line[:40])
        yield members


def _text(content: bytes) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = [entry for entry in archive.infolist() if not entry.is_dir()]
            if len(entries) != 1 or entries[0].file_size > FILE_MAX:
                raise NotReadable("zip")
            with archive.open(entries[0]) as file:
                unpacked = file.read(FILE_MAX + 1)
        if len(unpacked) > FILE_MAX:
            raise NotReadable("zip")
        return unpacked.decode("utf-8-sig")
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, NotImplementedError, UnicodeDecodeError) as error:
        raise NotReadable(type(error).__name__) from error
