"""A shop's export as it comes: encodings, columns, and every fault named by line, column, value and cure."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from offline_queue.catalogue import Item
from offline_queue.catalogue.columns import COLUMNS, checked
from offline_queue.catalogue.goods_file import GoodsFile, GoodsFileUnusable, read_goods
from offline_queue.replica.table_file import FAULTS_MAX
from tests.goods.shelf import HEADER, LINE, item

FULL = (
    "商品编码*,医保编码,品名,规格,生产厂家,单位,条形码,追溯码前七位,零售价（元）,甲乙类,自付比例,支付标准(元),"
    "类别,批号,有效期,是否追溯,年销量,库存,备注"
)
FULL_LINE = (
    "B7,YSB7,演示枸橼酸片,0.1g×12片,演示一厂,盒,2000000000015 20000004,8000007,12.345678,乙,10%,11.5,国药准字,YS1,2028-02,否,120,5,靠窗"
)


def read(directory: Path, content: str | bytes, encoding: str | None = None, *, written: str = "utf-8") -> GoodsFile:
    """Read what a shop exported."""
    path = directory / "goods.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode(written))
    return read_goods(path, lambda _done, _total: None, encoding)


def faults(goods: GoodsFile) -> list[tuple[int, str, str]]:
    """Return where the faults are."""
    return [(fault.line, fault.column, fault.value) for fault in goods.faults]


def test_every_column_is_read(tmp_path: Path) -> None:
    """A full line becomes the item that it says, to the last decimal."""
    goods = read(tmp_path, f"{FULL}\n{FULL_LINE}\n")

    assert [] == goods.faults
    assert ("库存", "备注") == goods.ignored
    assert [
        Item(
            code="B7",
            med_list_codg="YSB7",
            name="演示枸橼酸片",
            spec="0.1g×12片",
            prodentp_name="演示一厂",
            unit="盒",
            barcodes=("2000000000015", "20000004"),
            trac_prefix="8000007",
            pric_e6=12_345_678,
            chrgitm_lv="02",
            selfpay_prop_e4=1000,
            pric_uplmt_e6=11_500_000,
            goods_kind="国药准字",
            manu_lotnum="YS1",
            expy_end="2028-02-29",
            trac_required=False,
            controls=(),
            popularity=120,
        )
    ] == goods.items


def test_what_is_left_out_has_its_plain_meaning(tmp_path: Path) -> None:
    """Only five columns are needed; a drug's traceability code must be scanned unless the file says otherwise."""
    goods = read(tmp_path, f"{HEADER}\n{LINE}\nZ1,演示皂,5,自费,日用品\n")

    assert [] == goods.faults
    assert [
        item(unit=""),
        item("Z1", "演示皂", unit="", pric_e6=5_000_000, chrgitm_lv="03", selfpay_prop_e4=10_000, goods_kind="日用品", trac_required=False),
    ] == goods.items


@pytest.mark.parametrize(
    "header",
    [
        ",".join(column.field for column in COLUMNS),
        ",".join(column.names[0] for column in COLUMNS),
        ",".join(column.names[-1].upper() for column in COLUMNS),
    ],
)
def test_columns_go_by_field_names_and_by_words(tmp_path: Path, header: str) -> None:
    """Our own field names, the first word of each column and its last one are the same table."""
    line = ",".join(
        {"code": "A1", "name": "演示片", "pric_e6": "12.30", "chrgitm_lv": "甲", "goods_kind": "国药准字"}.get(c.field, "") for c in COLUMNS
    )

    assert [item(unit="")] == read(tmp_path, f"{header}\n{line}\n").items


@pytest.mark.parametrize(
    ("written", "encoding"),
    [("utf-8", "UTF-8"), ("utf-8-sig", "UTF-8"), ("gbk", "GB18030"), ("gb18030", "GB18030"), ("gb2312", "GB18030")],
)
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_the_encoding_is_known_from_the_bytes(tmp_path: Path, written: str, encoding: str, newline: str) -> None:
    """UTF-8 with or without its mark, and GBK or GB18030, whatever ends the lines."""
    goods = read(tmp_path, newline.join((HEADER, LINE, "")), written=written)

    assert encoding == goods.encoding
    assert [item(unit="")] == goods.items


def test_rare_characters_of_gb18030(tmp_path: Path) -> None:
    """Names that GBK cannot write are read from four-byte GB18030."""
    assert "演示𠮷㐂片" == read(tmp_path, f"{HEADER}\nA1,演示𠮷㐂片,1,甲,国药准字\n", written="gb18030").items[0].name


@pytest.mark.parametrize(
    ("content", "key", "cure"),
    [
        (b"", "商品编码", "商品编码（code）、商品名称（name）、零售价"),
        ("名称,零售价,医保等级,批准类别\n", "商品编码", "缺少：商品编码（code）。"),
        (f"{HEADER},单价\n{LINE},1\n", "单价", "“零售价”和“单价”是同一列"),
        (f"{HEADER}\n", "—", "没有商品"),
        (f"{HEADER}\n,,,,\n\n", "—", "没有商品"),
        (
            f"{HEADER}\n{LINE}\nA2,演示\udcff片,1,甲,国药准字\n".encode("utf-8", "surrogateescape"),
            "编码 encoding",
            "第 3 行不是 UTF-8 / GB18030",
        ),
        (b"\xef\xbb\xbf" + f"{HEADER}\n{LINE}\n".encode("gbk"), "编码 encoding", "第 1 行不是 UTF-8。"),
        (f"{HEADER}\n{LINE}\n".encode("utf-16"), "CSV", "Unicode 文本"),
        (b"PK\x03\x04 and so on", "CSV", "表格软件自己的格式"),
        (b"\xd0\xcf\x11\xe0 and so on", "CSV", "表格软件自己的格式"),
        (f'{HEADER}\n{LINE}\nA2,"演示片,1,甲,国药准字\nA3,演示片,1,甲,国药准字\n', "CSV", "第 3 行的引号"),
        (f'{HEADER}\nA2,"演示"片,1,甲,国药准字\n', "CSV", "第 2 行的引号"),
    ],
)
def test_a_file_that_is_no_table_of_goods(tmp_path: Path, content: str | bytes, key: str, cure: str) -> None:
    """The file as a whole is refused, with the place and what to do."""
    with pytest.raises(GoodsFileUnusable) as refused:
        read(tmp_path, content)

    assert key == refused.value.details["key"]
    assert cure in refused.value.details["cure_zh"]
    assert refused.value.details["cure_en"]


def test_a_given_encoding_is_the_only_one(tmp_path: Path) -> None:
    """Told to read GB18030, it does not try another; told wrong, it refuses."""
    assert [item(unit="")] == read(tmp_path, f"{HEADER}\n{LINE}\n", "gb18030", written="gbk").items
    with pytest.raises(GoodsFileUnusable, match="UTF-8"):
        read(tmp_path, f"{HEADER}\n{LINE}\n", "utf-8", written="gbk")


def test_no_file(tmp_path: Path) -> None:
    """A path that leads nowhere, or to a folder, is refused with the system's own word."""
    for path in (tmp_path / "none.csv", tmp_path):
        with pytest.raises(GoodsFileUnusable) as refused:
            read_goods(path, lambda _done, _total: None)
        assert "文件读不出来" in refused.value.details["cure_zh"]


CELLS = {"商品编码": "A1", "商品名称": "演示片", "零售价": "12.30", "医保等级": "甲", "批准类别": "国药准字"}


@pytest.mark.parametrize(
    ("column", "value", "cure"),
    [
        ("商品编码", "", "必须填写"),
        ("商品编码", "A" * 101, "最多 100 个字"),
        ("商品名称", "", "必须填写"),
        ("商品名称", "演" * 201, "最多 200 个字"),
        ("商品名称", "演示\x07片", "U+0007"),
        ("商品名称", "演示\x00片", "U+0000"),
        ("商品名称", '"演示\n片"', "U+000A"),
        ("商品名称", "演示\u202e片", "U+202E"),
        ("商品名称", "演示\u200b片", "U+200B"),
        ("商品名称", "\ufeff演示片", "U+FEFF"),
        ("商品名称", "演示\u2028片", "U+2028"),
        ("零售价", "", "必须填写"),
        ("零售价", "0", "大于零"),
        ("零售价", "-1", "写成元"),
        ("零售价", "12..3", "写成元"),
        ("零售价", '"1,234.50"', "千位逗号"),
        ("零售价", "￥12", "写成元"),
        ("零售价", "12元", "写成元"),
        ("零售价", "1e3", "写成元"),
        ("零售价", "12.1234567", "六位小数"),
        ("零售价", "12345678901", "写成元"),
        ("零售价", "١٢", "写成元"),
        ("医保等级", "", "必须填写"),
        ("医保等级", "丁", "写成其中之一"),
        ("批准类别", "", "必须填写"),
        ("先行自付比例", "0.1", "甲类没有先行自付"),
        ("先行自付比例", "1.5", "写成比例"),
        ("先行自付比例", "10", "写成比例"),
        ("医保支付标准", "无", "写成元"),
        ("条码", "6.90124E+12", "科学计数"),
        ("条码", "6901234567890", "校验位"),
        ("条码", "123", "8、12、13 或 14 位"),
        ("条码", "690123456789A", "8、12、13 或 14 位"),
        ("条码", "6901234567892 6901234567890", "校验位"),
        ("药品标识码", "812345", "前七位"),
        ("药品标识码", "81234560123456789012", "前七位"),
        ("有效期至", "2028-13", "写成日期"),
        ("有效期至", "2027-02-29", "写成日期"),
        ("有效期至", "长期", "写成日期"),
        ("有效期至", "03/31/2028", "写成日期"),
        ("须扫追溯码", "也许", "是 或 否"),
        ("销量", "1.5", "不带小数"),
        ("销量", "-3", "不带小数"),
        ("销量", "9999999999999", "不带小数"),
    ],
)
def test_each_fault_names_line_column_value_and_cure(tmp_path: Path, column: str, value: str, cure: str) -> None:
    """One bad cell refuses its line and no other, in both languages."""
    cells = {**CELLS, column: value}
    good = {**dict.fromkeys(cells, ""), **CELLS, "商品编码": "A2"}
    goods = read(tmp_path, "\n".join((",".join(cells), ",".join(cells.values()), ",".join(good.values()), "")))

    assert [(2, column, value.strip('"'))] == faults(goods)
    assert cure in goods.faults[0].cure.zh
    assert re.match("[A-Z]", goods.faults[0].cure.en)
    assert (1, ["A2"]) == (goods.bad_lines, [one.code for one in goods.items])


@pytest.mark.parametrize(
    ("column", "value", "field", "read_as"),
    [
        ("零售价", "１２．５０", "pric_e6", 12_500_000),
        ("零售价", "0.000001", "pric_e6", 1),
        ("零售价", "9999999999.999999", "pric_e6", 9_999_999_999_999_999),
        ("医保等级", "１", "chrgitm_lv", "01"),
        ("医保支付标准", "999999", "pric_uplmt_e6", None),
        ("医保支付标准", "0", "pric_uplmt_e6", 0),
        ("批准类别", "药品", "goods_kind", "国药准字"),
        ("批准类别", "中药配方颗粒", "goods_kind", "中药配方颗粒"),
        ("条码", "6901234567892、012345678905|20000004", "barcodes", ("6901234567892", "012345678905", "20000004")),
        ("条码", "6901234567892 6901234567892", "barcodes", ("6901234567892",)),
        ("有效期至", "2028-03-31", "expy_end", "2028-03-31"),
        ("有效期至", "2028/3/31 0:00:00", "expy_end", "2028-03-31"),
        ("有效期至", "20280331", "expy_end", "2028-03-31"),
        ("有效期至", "2028年3月", "expy_end", "2028-03-31"),
        ("有效期至", "2028年03月31日", "expy_end", "2028-03-31"),
        ("有效期至", "2027.02", "expy_end", "2027-02-28"),
        ("有效期至", "202812", "expy_end", "2028-12-31"),
        ("有效期至", "9999-12", "expy_end", "9999-12-31"),
        ("须扫追溯码", "否", "trac_required", False),
        ("销量", "120", "popularity", 120),
        ("商品名称", "=HYPERLINK(1)", "name", "=HYPERLINK(1)"),
        ("商品名称", "@SUM(A1)+cmd|' /C calc'!A0", "name", "@SUM(A1)+cmd|' /C calc'!A0"),
        ("商品名称", "-演示 片", "name", "-演示 片"),
        ("商品名称", '"演示,片"', "name", "演示,片"),
        ("商品名称", '"演示""片"""', "name", '演示"片"'),
    ],
)
def test_what_a_cell_may_hold(tmp_path: Path, column: str, value: str, field: str, read_as: object) -> None:
    """Forms that mean one thing are read; a text that a spreadsheet would run stays the text that it is."""
    cells = {**CELLS, column: value}
    goods = read(tmp_path, f"{','.join(cells)}\n{','.join(cells.values())}\n")

    assert [] == goods.faults
    assert read_as == getattr(goods.items[0], field)


@pytest.mark.parametrize(
    ("level", "ratio", "stored"),
    [
        ("甲", "", 0),
        ("甲", "0", 0),
        ("乙", "0", 0),
        ("乙", "10%", 1000),
        ("乙", "1", 10_000),
        ("自费", "", 10_000),
        ("自费", "100%", 10_000),
        ("自费", "0", 0),
    ],
)
def test_class_and_ratio_go_together(tmp_path: Path, level: str, ratio: str, stored: int) -> None:
    """What the class leaves open must be said, what it decides may be left out."""
    goods = read(tmp_path, f"{HEADER},自付比例\nA1,演示片,1,{level},国药准字,{ratio}\n")

    assert [stored] == [one.selfpay_prop_e4 for one in goods.items]


@pytest.mark.parametrize(("level", "ratio"), [("乙", ""), ("甲", "5%"), ("自费", "50%")])
def test_class_and_ratio_that_contradict_each_other(tmp_path: Path, level: str, ratio: str) -> None:
    """No ratio is guessed for class B, and none is dropped."""
    goods = read(tmp_path, f"{HEADER},自付比例\nA1,演示片,1,{level},国药准字,{ratio}\n")

    assert [(2, "自付比例")] == [(fault.line, fault.column) for fault in goods.faults]
    assert "先行自付" in goods.faults[0].cure.zh or "100%" in goods.faults[0].cure.zh


def test_what_two_lines_share_is_named_at_the_later_one(tmp_path: Path) -> None:
    """Codes, barcodes in any form and prefixes are unique; a line that is bad anyway takes nothing."""
    lines = (
        f"{HEADER},条码,药品标识码",
        "A1,甲片,1,甲,国药准字,012345678905,8000001",
        "A1,乙片,1,甲,国药准字,,",
        "A2,丙片,1,甲,国药准字,0012345678905,",
        "A3,丁片,1,甲,国药准字,,8000001",
        "A4,戊片,0,甲,国药准字,20000004,",
        "A4,己片,1,甲,国药准字,20000004,",
    )
    goods = read(tmp_path, "\n".join(lines))

    assert [(3, "商品编码", "A1"), (4, "条码", "0012345678905"), (5, "药品标识码", "8000001"), (6, "零售价", "0")] == faults(goods)
    assert ["第 2 行已用它，只留一行。"] * 3 == [fault.cure.zh for fault in goods.faults[:3]]
    assert ["甲片", "己片"] == [one.name for one in goods.items]


def test_lines_are_counted_as_an_editor_counts_them(tmp_path: Path) -> None:
    """A cell over two lines and blank lines do not shift what follows; a line of another width is named."""
    goods = read(
        tmp_path, f'{HEADER}\n\nA1,"演示\n片",1,甲,国药准字\n,,,,\nA2,演示,片,1,甲,国药准字\nA3,演示片,1,甲\nA4,演示片,1,甲,国药准字,,\n'
    )

    assert [(3, "商品名称"), (6, "—"), (7, "—")] == [(fault.line, fault.column) for fault in goods.faults]
    assert ["A4"] == [one.code for one in goods.items]


def test_tabs_may_separate(tmp_path: Path) -> None:
    """A table with tabs is read by its tabs, and its commas are text."""
    goods = read(tmp_path, f"{HEADER}\n{LINE}\n".replace(",", "\t").replace("演示片", "演示,片"))

    assert ["演示,片"] == [one.name for one in goods.items]


def test_every_fault_of_a_line_is_named_and_all_are_counted(tmp_path: Path) -> None:
    """A line is mended in one go; of thousands of faults the first are kept in words."""
    bad = ",,x,丁,\n"
    goods = read(tmp_path, f"{HEADER}\n" + bad * FAULTS_MAX)

    assert 5 == len({fault.column for fault in goods.faults if fault.line == 2})
    assert (FAULTS_MAX, 5 * FAULTS_MAX, FAULTS_MAX) == (goods.bad_lines, goods.faults_count, len(goods.faults))


def test_progress_goes_from_nothing_to_all(tmp_path: Path) -> None:
    """Reading says how far it is, in lines."""
    path = tmp_path / "goods.csv"
    path.write_text(HEADER + "\n" + "".join(f"A{n},演示片,1,甲,国药准字\n" for n in range(4500)), encoding="utf-8")
    told: list[tuple[int, int]] = []
    read_goods(path, lambda done, total: told.append((done, total)))

    assert sorted(told) == told
    assert {4501} == {total for _, total in told}
    assert (4501, 4501) == told[-1]
    assert len(told) > 2


def test_the_page_lists_every_column() -> None:
    """``docs/catalogue.md`` has each field with all of its names, and a star where it is needed."""
    page = (Path(__file__).parents[2] / "docs" / "catalogue.md").read_text(encoding="utf-8")

    for column in COLUMNS:
        assert f"| `{column.field}`{' *' if column.required else ''} | {'、'.join(column.names)} |" in page


@pytest.mark.parametrize(
    ("barcode", "right"),
    [("6901234567892", True), ("012345678905", True), ("20000004", True), ("16901234567899", True), ("6901234567891", False)],
)
def test_check_digit(barcode: str, right: bool) -> None:  # noqa: FBT001 - a column of the table
    """The last digit of every GTIN proves the others."""
    assert right == checked(barcode)
