"""Rosters as issuing offices have them: CSV and DBF tables, in GBK, with the columns' own names."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest

from simulator import image
from simulator.errors import RosterMalformed, RosterUnreadable
from simulator.personalise import make, read
from tests.cards.people import entry, roster

OFFICE = {"psn_name": "AAC003", "certno": "AAC002", "card_no": "AAZ500", "card_sn": "AAZ501", "admdvs": "AAB301", "pin": "PIN"}
PLAIN = {"psn_name": "姓名", "certno": "社会保障号码", "card_no": "卡号", "card_sn": "卡识别码", "admdvs": "行政区划", "pin": "密码"}
KEYS = tuple(OFFICE)


def table_csv(names: dict[str, str], *people: dict[str, str], coding: str = "utf-8") -> bytes:
    """Return a CSV table."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(names[key] for key in KEYS)
    writer.writerows([person[key] for key in KEYS] for person in people)
    return text.getvalue().encode(coding)


def table_dbf(names: dict[str, str], *people: dict[str, str], deleted: int = 0, kinds: str = "C") -> bytes:
    """Return a dBASE III table, its bytes laid out by hand; the record with the number ``deleted`` is marked so."""
    sizes = {"psn_name": 30, "certno": 18, "card_no": 9, "card_sn": 32, "admdvs": 6, "pin": 6}
    fields = b"".join(
        names[key].encode("gbk").ljust(11, b"\0") + kinds.encode() + bytes(4) + bytes((sizes[key], 0)) + bytes(14) for key in KEYS
    )
    rows = b"".join(
        (b"*" if number == deleted else b" ") + b"".join(person[key].encode("gbk").ljust(sizes[key]) for key in KEYS)
        for number, person in enumerate(people, 1)
    )
    start, size = 32 + len(fields) + 1, 1 + sum(sizes.values())
    head = b"\x03\x7e\x07\x1d" + len(people).to_bytes(4, "little") + start.to_bytes(2, "little") + size.to_bytes(2, "little")
    return head.ljust(32, b"\0") + fields + b"\r" + rows + b"\x1a"


TABLES = {
    "office.csv": lambda *people: table_csv(OFFICE, *people),
    "plain.csv": lambda *people: table_csv(PLAIN, *people, coding="utf-8-sig"),
    "gbk.csv": lambda *people: table_csv(PLAIN, *people, coding="gbk"),
    "office.dbf": lambda *people: table_dbf(OFFICE, *people),
    "short.dbf": lambda *people: table_dbf({**PLAIN, "certno": "社会保障号"}, *people),
    "OFFICE.DBF": lambda *people: table_dbf(OFFICE, *people, kinds="N"),
}


def written(directory: Path, name: str, *people: dict[str, str]) -> Path:
    """Write one of the tables."""
    path = directory / name
    path.write_bytes(TABLES[name](*people))
    return path


@pytest.mark.parametrize("name", TABLES)
def test_every_form_makes_the_same_cards(tmp_path: Path, name: str) -> None:
    """Whatever the office sends, byte for byte the card that the TOML roster makes, under its number."""
    people = [entry("a"), entry("b", psn_name="欧阳·测试")]
    expected = make(roster(tmp_path, *people), tmp_path / "expected", seed="s")

    made = make(written(tmp_path, name, *people), tmp_path / "made", seed="s")

    assert [f"{person['card_no']}.card" for person in people] + ["psam.card"] == [path.name for path in made]
    assert [image.load(path) for path in expected] == [image.load(path) for path in made]


@pytest.mark.parametrize("name", TABLES)
@pytest.mark.parametrize(
    ("changes", "key", "why"),
    [
        ({"certno": entry("b")["certno"][:-1] + "Y"}, "certno", "form"),
        ({"certno": entry("b")["certno"][:-1] + ("1" if entry("b")["certno"][-1] == "0" else "0")}, "certno", "check character"),
        ({"card_no": entry("b")["card_no"][:-1] + "Y"}, "card_no", "check character"),
        ({"card_sn": entry("a")["card_sn"]}, "card_sn", "has the same"),
        ({"certno": entry("a")["certno"]}, "certno", "has the same"),
        ({"pin": ""}, "pin", "absent"),
    ],
)
def test_wrong_line_is_named_and_nothing_is_written(tmp_path: Path, name: str, changes: dict[str, str], key: str, why: str) -> None:
    """The second person's line: of a CSV the third, of a DBF the second record."""
    path = written(tmp_path, name, entry("a"), entry("b") | changes, entry("c"))
    line = 2 if name.lower().endswith("dbf") else 3

    with pytest.raises(RosterMalformed, match=rf"line {line} \([^)]*\): {key} .*{why}"):
        make(path, tmp_path / "cards", seed="s")
    assert not (tmp_path / "cards").exists()


def test_lines_count_what_is_between(tmp_path: Path) -> None:
    """Empty lines, and a cell with a line break in it, are lines too."""
    text = table_csv(PLAIN, entry("a"), entry("b", psn_name="两\n行"), entry("c", pin="")).decode().splitlines(keepends=True)
    (tmp_path / "r.csv").write_text("".join([text[0], "\n", ",,,,,\n", *text[1:]]), encoding="utf-8", newline="")

    with pytest.raises(RosterMalformed, match=r"line 5 .*: psn_name"):
        read(tmp_path / "r.csv")


def test_deleted_records_count_and_make_no_card(tmp_path: Path) -> None:
    """They stay in the file: the record after one keeps its number."""
    people = [entry("a"), entry("b"), entry("c", pin="12")]
    (tmp_path / "r.dbf").write_bytes(table_dbf(OFFICE, *people, deleted=2))

    with pytest.raises(RosterMalformed, match=r"line 3 .*: pin"):
        read(tmp_path / "r.dbf")
    (tmp_path / "r.dbf").write_bytes(table_dbf(OFFICE, *people, deleted=3))
    assert [entry("a")["certno"], entry("b")["certno"]] == [person["certno"] for person in read(tmp_path / "r.dbf")]


def test_text_that_is_no_gbk(tmp_path: Path) -> None:
    """Line and column are named."""
    content = table_dbf(OFFICE, entry("a"), entry("b", psn_name="张甲"))
    (tmp_path / "r.dbf").write_bytes(content.replace("张甲".encode("gbk"), b"\xff\xff\xff\xff"))

    with pytest.raises(RosterMalformed, match=r"line 2 .*: psn_name .*GBK"):
        read(tmp_path / "r.dbf")


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda content: content[:0], "header"),
        (lambda content: content[:20], "header"),
        (lambda content: content[:-40], "record 2"),
        (lambda content: content.replace(b"AAC003", b"AAC002"), "field 2"),
        (lambda content: content[:8] + b"\xff\xff" + content[10:], "fields"),
        (lambda content: content[:10] + b"\x01\x00" + content[12:], "fields"),
        (lambda content: content.replace(b"\r ", b"\n "), "fields"),
        (lambda content: content.replace(b"\r ", b"\rx"), "record 1"),
        (lambda content: content.replace(b"AAC003", b"\0" * 6), "field 1"),
        (lambda content: content[:4] + b"\xff\xff\xff\xff" + content[8:], "record 3"),
    ],
)
def test_damaged_dbf_is_refused(tmp_path: Path, change: object, why: str) -> None:
    """Cut short, or with a header that lies: nothing is read from beside the records."""
    assert callable(change)
    (tmp_path / "r.dbf").write_bytes(change(table_dbf(OFFICE, entry("a"), entry("b"))))

    with pytest.raises(RosterUnreadable, match=rf"r\.dbf .*DBF: {why}"):
        read(tmp_path / "r.dbf")


@pytest.mark.parametrize(
    ("text", "why"),
    [("certno,AAC002\n", "certno × 2"), ("certno\n1,2\n", "2 × 2"), ('certno\n"1\n', "unexpected end"), ("certno\n\xff\n", "codec")],
)
def test_unclear_csv_is_refused(tmp_path: Path, text: str, why: str) -> None:
    """Two columns of one meaning, a cell without a column, a quotation without an end, no text at all."""
    (tmp_path / "r.csv").write_bytes(text.encode("latin-1"))

    with pytest.raises(RosterUnreadable, match=why):
        read(tmp_path / "r.csv")
