"""Layouts that a till does not use and a card has: linear and binary files; and each version's own files."""

from __future__ import annotations

import pytest

from terminal.cards import ldt
from tests.cards.powered import Powered

TAGS = {
    ("1.00", "DF04", 0xEF05): "80 81 82 83 84 85 86 87 88 89 8A 8B 8C 8F",
    ("2.00", "DF04", 0xEF05): "81 84 87 8C 80 8B 8A 83 86 89 7D 7E 7F 8D 8E 8F",
    ("1.00", "DF01", 0xEF09): "2E 2F 30 31 32",
    ("2.00", "DF01", 0xEF06): "23 24 28 2C 2D",
    ("1.00", "DF03", 0xEF07): "6C 6D 6E 6F 70 71 72 73",
    ("2.00", "DF03", 0xEF07): "70 71 6E 6C 6F 73",
    ("3.00", "DF03", 0xEF19): "79 75 76 77 78",
    ("1.00", "SSSE", 0xEF06): "08 09 0A 0B 0C 0D",
    ("3.00", "SSSE", 0xEF06): "08 09 4E 0A 0B 0C 0D",
}
"""Tags in ordinal order, as the published table has them."""


@pytest.mark.parametrize(("place", "tags"), TAGS.items(), ids=lambda value: "".join(map(str, value)))
def test_ordinal_and_tag_are_the_same_record(place: tuple[str, str, int], tags: str) -> None:
    """What is written by tag is read by its ordinal in this version, and the next ordinal has nothing."""
    version, application, fid = place
    card, file = Powered(version), ldt.files_of(application, version)[fid]
    keys = [*file.read.keys, *file.write.keys]
    card.enter(application, pin=True)
    for key in keys:
        assert "9000" == card.prove(key)
    for number, tag in enumerate(tags.split(), 1):
        length = file.item(int(tag, 16)).length
        record = f"{tag}{length:02X}{number:02X}" + "00" * (length - 1)
        assert "9000" == card.send(f"00DC{tag}{file.sfi << 3:02X}{length + 2:02X}{record}")
        assert f"{record}9000" == card.send(f"00B2{number:02X}{file.sfi << 3 | 4:02X}{length + 2:02X}")
        assert f"6C{length + 2:02X}" == card.send(f"00B2{number:02X}{file.sfi << 3 | 4:02X}00")

    assert "6A83" == card.send(f"00B2{len(tags.split()) + 1:02X}{file.sfi << 3 | 4:02X}00")


def test_all_records_of_a_tagged_file_from_one_on() -> None:
    """P2 with mode 5: in ordinal order, without those that were never written; 6A83 beyond the last, 6581 when one cannot be read."""
    card = Powered("2.00")
    card.enter("DF04", pin=True)
    card.prove("RK1DF04")
    kept = card.image.records["DF04|EF06"]
    kept.update({"90": "37", "92": "00001388", "93": "0102"})

    said = [card.send(command) for command in ("00B201350D", "00B202350A", "00B2033504", "00B2043504", "00B2003504", "00B2013500")]
    kept["92"] = ""
    without = card.send("00B2013507")
    kept["92"] = None
    torn = card.send("00B2013500")

    assert ["90013792040000138893020102" + "9000", "92040000138893020102" + "9000", "930201029000"] == said[:3]
    assert ["6A83", "6A83", "6C0D"] == said[3:]
    assert ("900137930201029000", "6581") == (without, torn)


def test_more_records_than_an_answer_holds_are_not_read_together() -> None:
    """An answer has 256 bytes."""
    card = Powered("1.00")
    card.enter("DF04", pin=True)
    card.image.records["DF04|EF05"] = {f"{item.tag:02X}": "00" * item.length for item in ldt.files_of("DF04", "1.00")[0xEF05].items}

    assert "6700" == card.send("00B2012D00")


@pytest.mark.parametrize(("version", "records"), [("1.00", 10), ("2.00", 30), ("3.00", 30)])
def test_log_is_as_long_as_its_version_says(version: str, records: int) -> None:
    """EF08 has ten records or thirty; EF15 came with 2.00."""
    files = ldt.df04_files(version)

    assert (records, 28) == (files[0xEF08].records, files[0xEF08].record_bytes)
    assert (version != "1.00") == (0xEF15 in files)


def test_holder_of_generation_3_is_behind_its_key() -> None:
    """EF06 under the environment: 6982 until RKSSSE is proved, by tag and by ordinal."""
    card = Powered("3.00")
    card.enter("SSSE")
    assert ["6982", "6982", "0304332E30309000"] == [card.send(command) for command in ("00B2083014", "00B2013414", "00B2032806")]
    card.prove("RKSSSE")

    assert "9000" == card.send("00B2083014")[-4:]
    assert "9000" == card.send("00B2013414")[-4:]


@pytest.mark.parametrize(("algorithm", "mark"), [("3DES", "01"), ("SM4", "03")])
def test_generation_3_says_its_algorithm(algorithm: str, mark: str) -> None:
    """The answer to SELECT of the environment has 9F0C86 and the algorithm, as one public program looks for it."""
    card = Powered("3.00", algorithm=algorithm)

    assert "6119" == card.send("00A404000F7378312E73682EC9E7BBE1B1A3D5CF")
    assert card.send("00C0000019").endswith(f"9F0C86{mark}9000")


def test_linear_records_have_numbers_of_their_own() -> None:
    """Each is written and read whole by its number; a torn one is the only one that is lost."""
    card = Powered()
    card.enter("DF04", pin=True, key="UK6DF04")
    first, third = "A1" * 32, "A3" * 32
    assert ["9000", "9000"] == [card.send(f"00DC0164{32:02X}{first}"), card.send(f"00DC0364{32:02X}{third}")]

    assert [f"{first}9000", "6A83", f"{third}9000"] == [card.send(f"00B20{number}6420") for number in (1, 2, 3)]
    assert ["6A83", "6A83", "6A86"] == [card.send(command) for command in ("00B2056420", "00B2006420", "00B2016020")]
    assert ["6700", "6981"] == [card.send("00DC016402BEEF"), card.send(f"00E2006020{first}")]
    card.system.tear(bytes.fromhex(f"00DC0164{32:02X}{third}"))
    assert ["6581", f"{third}9000"] == [card.send(f"00B20{number}6420") for number in (1, 3)]


def test_binary_file_is_read_and_written_by_offset() -> None:
    """The photo of 2.00: by short identifier or as the current file, to its last byte and not beyond."""
    card = Powered()
    card.enter("SSSE", key="RKSSSE")
    card.prove("UKSSSE")
    assert "00" * 4 + "9000" == card.send("00B0880004")
    assert "9000" == card.send("00D6880203C0FFEE")

    assert "6106" == card.send("00A4000002EF08")
    assert "0000C0FFEE009000" == card.send("00B0000006")
    assert "9000" == card.send("00D60FFE02BEEF")
    assert "BEEF9000" == card.send("00B00FFE02")
    assert ["6C02", "6B00", "6700"] == [card.send(command) for command in ("00B00FFE00", "00B0100001", "00D60FFF02BEEF")]
    assert "6981" == card.send("00B0850004")
    assert "6981" == card.send("00B2014400")
    assert len(card.send("00B0000000")) == 2 * 256 + 4
    card.system.tear(bytes.fromhex("00D6880001AA"))
    assert "6581" == card.send("00B0880004")


def test_binary_needs_a_current_file() -> None:
    """Without a selected file there is nothing to address."""
    card = Powered()
    card.enter("SSSE")

    assert ["6986", "6A82"] == [card.send("00B0000004"), card.send("00B09F0004")]
