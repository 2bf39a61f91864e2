"""What a cashier types and what is found: always exactly what looking at every item finds, in that order."""

from __future__ import annotations

import random
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from offline_queue.catalogue import FIND_MAX, Catalogue, Item
from offline_queue.catalogue.building import CROWDED
from offline_queue.catalogue.readings import initials_of
from offline_queue.replica.columns import invisible
from tests.goods.shelf import Definition, catalogue_of, codes, item, wanted

NAMES = "阿莫西林胶囊片参芪重楼术没药干复方αβ维生素颗粒ABab01 %_\"'*^-()（）Ⅱ①ﾊ𠮷é"
STEMS = "阿莫 西林 头孢 克肟 参芪 重楼 白术 没药 枸橼酸 荨麻 连花 清瘟 维生素C 复方 β受体 3号 感冒 长春 石斛 降压 缓释 乐 行气 调经 干姜"
FORMS = "片 胶囊 颗粒 口服液 丸 （成人）糖浆 贴"
SHELF = (
    item("A001", "重楼胶囊", popularity=5),
    item("A002", "参芪扶正颗粒", popularity=9, barcodes=("6901234567892",)),
    item("A003", "阿莫西林胶囊", popularity=7, barcodes=("6901234567908", "012345678905"), trac_prefix="8123456"),
    item("A004", "维生素Ｃ片", popularity=7),
    item("B005", "重组人干扰素α1b注射液"),
    item("100%_A", "50%葡萄糖_注射液"),
    item("Q'1", "O\"Reilly's 乳膏"),
    item("000012", "甲钴胺片(Ⅱ)"),
)


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Catalogue]:
    """Return a small catalogue for the file."""
    with catalogue_of(tmp_path_factory.mktemp("shelf"), SHELF) as catalogue:
        yield catalogue


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("cl", ["A001"]),
        ("zl", ["A001"]),
        ("cljn", ["A001"]),
        ("sq", ["A002"]),
        ("cq", ["A002"]),
        ("sqfzkl", ["A002"]),
        ("amxl", ["A003"]),
        ("emxljn", ["A003"]),
        ("jn", ["A003", "A001"]),
        ("wsscp", ["A004"]),
        ("zzrgrsa1b", ["B005"]),
        ("czrgrs", ["B005"]),
        ("西林", ["A003"]),
        ("莫西林胶", ["A003"]),
        ("0012", ["000012"]),
        ("6901234567", ["A002", "A003"]),
        ("012345678905", ["A003"]),
        ("12345678905", []),
        ("nothing", []),
    ],
)
def test_finds_by_initials_name_code_and_barcode(shelf: Catalogue, query: str, found: list[str]) -> None:
    """Every reading of the initials, any part of name or code, and the beginning of a barcode find the product."""
    assert found == codes(shelf.find(query))
    assert found == codes(shelf.scan(query)) == wanted(query, SHELF)


@pytest.mark.parametrize(
    ("typed", "plain"),
    [
        ("ＡＭＸＬ", "amxl"),
        ("AmXl", "amxl"),
        (" amxl\t", "amxl"),
        ("a m x l", "amxl"),
        ("维生素c", "维生素Ｃ"),
        ("(II)", "（Ⅱ）"),
        ("６９０１", "6901"),
    ],
)
def test_forms_of_the_same_text_are_one(shelf: Catalogue, typed: str, plain: str) -> None:
    """Full-width, upper-case and spaced input finds what the plain form finds."""
    assert [] != codes(shelf.find(plain))
    assert codes(shelf.find(plain)) == codes(shelf.find(typed))


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("%", ["100%_A"]),
        ("_", ["100%_A"]),
        ("0%_", ["100%_A"]),
        ("50%葡萄糖_", ["100%_A"]),
        ("%_%", []),
        ("a%01", []),
        ("'", ["Q'1"]),
        ("''", []),
        ('"', ["Q'1"]),
        ("o\"reilly's", ["Q'1"]),
        ("amx*", []),
        ("amx OR clj", []),
        ("NOT amx", []),
        ("amx AND emx", []),
        ("NEAR(amx emx)", []),
        ("parts:amx", []),
        ("^amx", []),
        ('amx" OR "clj', []),
        ("'; DROP TABLE item; --", []),
        ("x' UNION SELECT * FROM meta --", []),
        ("\0amx", []),
        ("amx\0", []),
        ("\ud800", []),
        ("amx\ud800", []),
        ("", []),
        ("   ", []),
    ],
)
def test_every_character_is_literal(shelf: Catalogue, query: str, found: list[str]) -> None:
    """Wildcards, quotes, operators of the index and SQL are text like any other."""
    assert found == codes(shelf.find(query))
    assert found == codes(shelf.scan(query))
    assert () == shelf.check()


def test_every_script_and_sign_is_found(tmp_path: Path) -> None:
    """Any four characters that a name may hold find it: punctuation, other scripts, private use, unassigned."""
    starts = (*range(0x21, 0x7B, 4), *range(0xA1, 0x3400, 61), *range(0x3400, 0x30000, 1999), *range(0xE000, 0xF8FF, 499), 0x10FFF0)
    names = ["".join(chr(point) for point in range(start, start + 4) if invisible(chr(point)) is None) for start in starts]
    goods = [item(f"C{number}", name) for number, name in enumerate(names) if len("".join(name.split())) == 4]
    assert 200 < len(goods)
    with catalogue_of(tmp_path, goods) as catalogue:
        definition = Definition(goods)
        for one in goods:
            found = codes(catalogue.find(one.name))
            assert definition.codes(one.name) == found, one
            assert one.code in found


def test_what_is_sold_most_comes_first(tmp_path: Path) -> None:
    """Popularity orders, then the code; the limit cuts after that."""
    goods = [item(f"C{number:03d}", "降压片", popularity=number % 7) for number in range(120)]
    with catalogue_of(tmp_path, goods) as catalogue:
        for query in ("j", "jy", "jyp", "降压片", "c0"):
            for limit in (1, 20, FIND_MAX):
                assert wanted(query, goods, limit) == codes(catalogue.find(query, limit))


@pytest.mark.parametrize("limit", [0, -1, FIND_MAX + 1])
def test_a_limit_that_the_index_does_not_hold_is_a_bug(shelf: Catalogue, limit: int) -> None:
    """Asking for none, or for more than is kept, raises."""
    with pytest.raises(ValueError, match="items"):
        shelf.find("a", limit)


def test_a_crowded_beginning_of_barcodes(tmp_path: Path) -> None:
    """Where hundreds of barcodes begin alike, the most popular ones are found; where few do, they are sorted."""
    goods = [item(f"C{n:04d}", "钙片", barcodes=(f"2{n % 3}{n:06d}",), popularity=n * 7919 % 1000) for n in range(3 * CROWDED + 30)]
    with catalogue_of(tmp_path, goods) as catalogue:
        for query in ("2", "20", "200", "2000", "20000", "210003", "22000", "2000003", "20000030", "200000300"):
            assert wanted(query, goods) == codes(catalogue.find(query)), query


def test_codes_of_zeros(tmp_path: Path) -> None:
    """Runs of one character, whose parts are all the same, are found as exactly as the rest."""
    goods = [item(f"{n:08d}", "珊珊珊珊瑚" if n % 5 else "珊珊", popularity=n % 11) for n in range(400)]
    with catalogue_of(tmp_path, goods) as catalogue:
        for query in (
            "000",
            "0000",
            "00000",
            "000000",
            "0000000",
            "00000000",
            "000000000",
            "00001",
            "0101",
            "sss",
            "ssss",
            "sssss",
            "珊珊珊珊",
        ):
            assert wanted(query, goods) == codes(catalogue.find(query)), query


def test_a_long_name(tmp_path: Path) -> None:
    """A name of two hundred characters is found by itself, and a query longer than every text finds nothing."""
    name = "".join(chr(0x4E00 + number) for number in range(200))
    with catalogue_of(tmp_path, [item(name=name)]) as catalogue:
        assert ["A1"] == codes(catalogue.find(name))
        assert [] == catalogue.find(name + "片")
        assert [] == catalogue.find(name[:-1] + "片")


@st.composite
def _asked(draw: st.DrawFn) -> tuple[list[Item], list[str]]:
    names = draw(st.lists(st.text(NAMES, min_size=1, max_size=7).filter(str.strip), min_size=1, max_size=12))
    goods = [
        item(draw(st.text("ABab01%\"'-", min_size=1, max_size=4)) + f"#{n}", name, popularity=draw(st.integers(0, 2)))
        for n, name in enumerate(names)
    ]
    queries = draw(st.lists(st.text("amxljcsqzldngzyf01AB%\"'*^-() 阿莫参重楼αa", min_size=1, max_size=5), min_size=1, max_size=10))
    for one in goods:
        start = draw(st.integers(0, len(one.name) - 1))
        queries.append(one.name[start : draw(st.integers(start + 1, len(one.name)))])
    return goods, queries


@settings(max_examples=60)
@given(_asked())
def test_equals_the_exact_scan(asked: tuple[list[Item], list[str]]) -> None:
    """Whatever the goods are called and whatever is typed, index, scan and the definition written twice agree."""
    goods, queries = asked
    with tempfile.TemporaryDirectory() as name, catalogue_of(Path(name), goods) as catalogue:
        for query in queries:
            assert wanted(query, goods) == codes(catalogue.scan(query)) == codes(catalogue.find(query)), query


def test_equals_the_exact_scan_over_two_thousand(tmp_path: Path) -> None:
    """Two thousand products, every prefix of what a cashier would type for forty of them, and parts from the middle."""
    dice = random.Random(3)
    stems, forms = STEMS.split(), FORMS.split()
    goods = [
        item(
            f"{dice.choice(('YP', 'QX', ''))}{number:05d}",
            "".join(dice.choice(stems) for _ in range(dice.randrange(1, 4))) + dice.choice(forms),
            barcodes=(f"69{dice.randrange(40):02d}{number:09d}",),
            popularity=int(dice.paretovariate(0.8)) - 1,
        )
        for number in range(2000)
    ]
    typed: set[str] = set()
    with catalogue_of(tmp_path, goods) as catalogue:
        assert 2000 == len(catalogue)
        for one in dice.sample(goods, 40):
            spelled = "".join(dice.choice(letters) for letters in initials_of(one.name))
            for text in (spelled, one.name, one.code, one.barcodes[0], spelled[2:], one.name[1:]):
                typed |= {text[:end] for end in range(1, min(len(text), 14) + 1)}
        assert 784 < len(typed)
        definition = Definition(goods)
        assert [] == [query for query in sorted(typed) if codes(catalogue.find(query)) != definition.codes(query)]
        for query in dice.sample(sorted(typed), 60):
            assert codes(catalogue.find(query)) == codes(catalogue.scan(query)), query


def test_by_code_barcode_and_traceability_code(shelf: Catalogue) -> None:
    """A scan leads to one product; UPC-A, EAN-13 and GTIN-14 of the same number are the same."""
    amoxicillin = SHELF[2]

    assert amoxicillin == shelf.by_code("A003")
    assert amoxicillin == shelf.by_barcode("6901234567908") == shelf.by_barcode("06901234567908")
    assert amoxicillin == shelf.by_barcode("012345678905") == shelf.by_barcode("0012345678905") == shelf.by_barcode("00012345678905")
    assert amoxicillin == shelf.by_trac("81234560123456789012") == shelf.by_trac(" 81234569999999999999\r")
    for nothing in (
        "",
        "a003",
        "6901234567909",
        "8123456",
        "812345601234567890123",
        "８１２３４５６０１２３４５６７８９０１２",
        "\ud800",
        "' OR 1=1 --",
        "0",
    ):
        assert shelf.by_code(nothing) is shelf.by_barcode(nothing) is shelf.by_trac(nothing) is None


def test_what_is_found_is_the_whole_item(tmp_path: Path) -> None:
    """Every field comes back as it went in, whichever way the item is found."""
    whole = Item(
        code="B7",
        med_list_codg="YSB7",
        name="演示枸橼酸片",
        spec="0.1g×12片",
        prodentp_name="演示一厂",
        unit="盒",
        barcodes=("20000000", "2000000000015"),
        trac_prefix="8000007",
        pric_e6=12_345_678,
        chrgitm_lv="02",
        selfpay_prop_e4=1500,
        pric_uplmt_e6=9_999_999_999_999_999,
        goods_kind="国药准字",
        manu_lotnum="YS1",
        expy_end="2028-02-29",
        trac_required=False,
        controls=("rx", "ephedrine"),
        popularity=10**12,
    )
    with catalogue_of(tmp_path, [whole]) as catalogue:
        found = [*catalogue.find("j"), *catalogue.find("jysp"), *catalogue.find("200"), *catalogue.scan("jysp")]

        assert [whole] * 4 == found
        assert whole == catalogue.by_code("B7") == catalogue.by_barcode("20000000") == catalogue.by_trac("80000070000000000000")
        assert {"国药准字": 1} == catalogue.kinds()
        assert () == catalogue.check()


def test_searching_loads_nothing_heavy() -> None:
    """The side that the first frame needs loads neither a database toolkit, nor validation, nor the pinyin tables."""
    program = "import sys, offline_queue.catalogue\nprint(*{name.partition('.')[0] for name in sys.modules})"
    loaded = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout.split()

    assert {"sqlcipher3", "settlement"} <= set(loaded)
    assert set() == set(loaded) & {"sqlalchemy", "pydantic", "pypinyin", "config", "nhsa", "tomllib", "httpx", "cryptography", "csv"}
