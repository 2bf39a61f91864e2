"""A clinic's export as it comes: columns, moments, fees, and every fault named by line, column, value and cure."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offline_queue.registry import Department, HalfDay
from offline_queue.registry.columns import COLUMNS
from offline_queue.registry.desk_file import DeskFile, DeskFileUnusable, read_desk
from tests.desk.offers import HEADER, LINE, fee, offer

FULL = (
    "科室代码*,科室,科别编码,医生编码,医生姓名,号类,挂号费（元）,挂号费国家编码,挂号费项目编码,挂号费甲乙类,挂号费自付比例,挂号费批准类别,"
    "诊查费(元),诊查费医保编码,诊查费编码,诊查费医保等级,诊查费先行自付比例,诊查费批准类别,启用日期,停用日期,限号数,午别,备注"
)
FULL_LINE = (
    "K02,外科,A04.01,D02,演示医师乙,专家,1.50,YSG1,G1,自费,,挂号费,28,YSZ2,Z2,乙,20%,诊疗项目,2026/1/1,2026-12-31 23:59:59,30,上午,靠窗"
)
CELLS = dict(zip(HEADER.split(","), LINE.split(","), strict=True))


def read(directory: Path, content: str, encoding: str | None = None, *, written: str = "utf-8") -> DeskFile:
    """Read what a clinic exported."""
    path = directory / "departments.csv"
    path.write_text(content, encoding=written)
    return read_desk(path, lambda _done, _total: None, encoding)


def read_cells(directory: Path, **cells: str) -> DeskFile:
    """Read one line with these cells."""
    line = {**CELLS, **cells}
    return read(directory, f"{','.join(line)}\n{','.join(line.values())}\n")


def faults(desk: DeskFile) -> list[tuple[int, str, str]]:
    """Return where the faults are."""
    return [(fault.line, fault.column, fault.value) for fault in desk.faults]


def test_every_column_is_read(tmp_path: Path) -> None:
    """A full line becomes the offer that it says, to the last fen and second."""
    desk = read(tmp_path, f"{FULL}\n{FULL_LINE}\n")

    assert [] == desk.faults
    assert ("备注",) == desk.ignored
    assert [
        offer(
            department=Department("K02", "外科", "A04.01"),
            atddr_no="D02",
            dr_name="演示医师乙",
            fee_class="专家",
            registration=fee(
                150, medins_list_codg="G1", med_list_codg="YSG1", chrgitm_lv="03", selfpay_prop_e4=10_000, goods_kind="挂号费"
            ),
            consultation=fee(2800, medins_list_codg="Z2", med_list_codg="YSZ2", chrgitm_lv="02", selfpay_prop_e4=2000),
            begntime="2026-01-01 00:00:00",
            endtime="2027-01-01 00:00:00",
            quota=30,
            sessions=(HalfDay.MORNING,),
        )
    ] == desk.offers


def test_what_is_left_out_has_its_plain_meaning(tmp_path: Path) -> None:
    """Always in force, all day, without a limit, 医疗服务; a fee of zero is no fee, and a national code is the own code too."""
    desk = read(tmp_path, f"{HEADER}\n{LINE}\n")

    assert [] == desk.faults
    assert [offer()] == desk.offers
    assert (0, 900, 900) == (desk.offers[0].registration_fen, desk.offers[0].consultation_fen, desk.offers[0].total_fen)


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
    filled = {
        "dept_code": "K01",
        "dept_name": "内科",
        "caty": "A03",
        "atddr_no": "D01",
        "dr_name": "演示医师甲",
        "fee_class": "普通",
        "registration_fen": "0",
        "consultation_fen": "9",
        "consultation_med_list_codg": "YSZ1",
        "chrgitm_lv": "甲",
    }

    assert [offer()] == read(tmp_path, f"{header}\n{','.join(filled.get(column.field, '') for column in COLUMNS)}\n").offers


@pytest.mark.parametrize(("written", "encoding"), [("utf-8", "UTF-8"), ("utf-8-sig", "UTF-8"), ("gbk", "GB18030"), ("gb18030", "GB18030")])
def test_the_encoding_is_known_from_the_bytes(tmp_path: Path, written: str, encoding: str) -> None:
    """UTF-8 with or without its mark, and GBK or GB18030."""
    desk = read(tmp_path, f"{HEADER}\n{LINE}\n", written=written)

    assert encoding == desk.encoding
    assert [offer()] == desk.offers


def test_a_given_encoding_is_the_only_one(tmp_path: Path) -> None:
    """Told wrong, it refuses."""
    with pytest.raises(DeskFileUnusable, match="UTF-8"):
        read(tmp_path, f"{HEADER}\n{LINE}\n", "utf-8", written="gbk")


@pytest.mark.parametrize(
    ("content", "key", "cure"),
    [
        (
            "名称,价格\n",
            "科室编码",
            "号别（fee_class）、挂号费（registration_fen）、诊察费（consultation_fen）。",
        ),
        (f"{HEADER.replace('号别', '别号')}\n{LINE}\n", "号别", "缺少：号别（fee_class）。"),
        (f"{HEADER},诊查费\n{LINE},1\n", "诊查费", "“诊察费”和“诊查费”是同一列"),
        (f"{HEADER}\n,,,,,,,,,\n", "—", "没有号别"),
        (f'{HEADER}\n"K01,内科\n', "CSV", "第 2 行的引号"),
    ],
)
def test_a_file_that_is_no_table_of_offers(tmp_path: Path, content: str, key: str, cure: str) -> None:
    """The file as a whole is refused, in the words of the desk."""
    with pytest.raises(DeskFileUnusable, match="Desk's file") as refused:
        read(tmp_path, content)

    assert key == refused.value.details["key"]
    assert cure in refused.value.details["cure_zh"]


@pytest.mark.parametrize(
    ("column", "value", "cure"),
    [
        ("科室编码", "", "必须填写"),
        ("科室编码", "K" * 31, "最多 30 个字"),
        ("科室名称", "", "必须填写"),
        ("科室名称", "内" * 101, "最多 100 个字"),
        ("科室名称", "内\u200b科", "U+200B"),
        ("科别", "", "必须填写"),
        ("科别", "内科", "国家科别代码"),
        ("科别", "A03.011", "国家科别代码"),
        ("医师编码", "", "必须填写"),
        ("医师编码", "D" * 31, "最多 30 个字"),
        ("医师姓名", "", "必须填写"),
        ("医师姓名", "甲" * 51, "最多 50 个字"),
        ("号别", "", "必须填写"),
        ("号别", "专" * 21, "最多 20 个字"),
        ("挂号费", "", "必须填写"),
        ("挂号费", "免费", "不收写 0"),
        ("诊察费", "9.005", "两位小数"),
        ("诊察费", "-9", "写成元"),
        ("诊察费", "9元", "写成元"),
        ("诊察费", "123456789", "写成元"),
        ("诊察费医保编码", "Z" * 51, "最多 50 个字"),
        ("诊察费医保编码", "", "写明诊察费的医保目录编码"),
        ("诊察费项目编码", "Z" * 151, "最多 150 个字"),
        ("医保等级", "丁", "写成其中之一"),
        ("自付比例", "10%", "甲类没有先行自付"),
        ("诊察费自付比例", "10%", "甲类没有先行自付"),
        ("诊察费医保等级", "戊", "写成其中之一"),
        ("生效时间", "明年", "写成日期"),
        ("生效时间", "2027-02-29", "写成日期"),
        ("生效时间", "2027-01-01 24:00:01", "写成日期"),
        ("生效时间", "2027-01-01 9", "写成日期"),
        ("生效时间", "2027-1-1123", "写成日期"),
        ("生效时间", "46388", "写成日期"),
        ("生效时间", "2027-01-01T00:00:00Z", "写成日期"),
        ("失效时间", "2027-13-01", "写成日期"),
        ("失效时间", "9999-99-99", "写成日期"),
        ("限号", "0", "不限号留空"),
        ("限号", "2.5", "不限号留空"),
        ("限号", "10000", "不限号留空"),
        ("出诊时段", "晚上", "写 上午、下午 或 全天"),
        ("出诊时段", "、", "写 上午、下午 或 全天"),
    ],
)
def test_each_fault_names_line_column_value_and_cure(tmp_path: Path, column: str, value: str, cure: str) -> None:
    """One bad cell refuses its line and no other, in both languages."""
    cells = {**CELLS, column: value}
    good = {**dict.fromkeys(cells, ""), **CELLS, "医师编码": "D09"}
    desk = read(tmp_path, "\n".join((",".join(cells), ",".join(cells.values()), ",".join(good.values()), "")))

    assert [(2, column, value)] == faults(desk)
    assert cure in desk.faults[0].cure.zh
    assert re.match("[A-Z]", desk.faults[0].cure.en)
    assert (1, ["D09"]) == (desk.bad_lines, [one.atddr_no for one in desk.offers])


@pytest.mark.parametrize(
    ("column", "value", "field", "read_as"),
    [
        ("生效时间", "2027-01-01", "begntime", "2027-01-01 00:00:00"),
        ("生效时间", "2027/1/1 8:30", "begntime", "2027-01-01 08:30:00"),
        ("生效时间", "2027年1月1日", "begntime", "2027-01-01 00:00:00"),
        ("生效时间", "20270101", "begntime", "2027-01-01 00:00:00"),
        ("生效时间", "20270101083015", "begntime", "2027-01-01 08:30:15"),
        ("生效时间", "2027-01-01T08:30:15", "begntime", "2027-01-01 08:30:15"),
        ("生效时间", "２０２７-01-01 00:00:01", "begntime", "2027-01-01 00:00:01"),
        ("生效时间", "2026-12-31 24:00", "begntime", "2027-01-01 00:00:00"),
        ("生效时间", "2026-12-31 23:59:59", "begntime", "2026-12-31 23:59:59"),
        ("生效时间", "2027-01-01 00:00:00.0", "begntime", "2027-01-01 00:00:00"),
        ("失效时间", "2026-12-31", "endtime", "2027-01-01 00:00:00"),
        ("失效时间", "20261231", "endtime", "2027-01-01 00:00:00"),
        ("失效时间", "2026-12-31 23:59:59", "endtime", "2027-01-01 00:00:00"),
        ("失效时间", "2026-12-31 23:59", "endtime", "2027-01-01 00:00:00"),
        ("失效时间", "2026-12-31 24:00", "endtime", "2027-01-01 00:00:00"),
        ("失效时间", "2027-01-01 00:00:00", "endtime", "2027-01-01 00:00:00"),
        ("失效时间", "2026-12-31 23:59:58", "endtime", "2026-12-31 23:59:58"),
        ("失效时间", "2028-02-28", "endtime", "2028-02-29 00:00:00"),
        ("失效时间", "9999-12-31", "endtime", ""),
        ("失效时间", "9999-12-31 23:59:59", "endtime", ""),
        ("限号", "３０", "quota", 30),
        ("出诊时段", "全天", "sessions", (HalfDay.MORNING, HalfDay.AFTERNOON)),
        ("出诊时段", "下午、上午", "sessions", (HalfDay.MORNING, HalfDay.AFTERNOON)),
        ("出诊时段", "PM", "sessions", (HalfDay.AFTERNOON,)),
        ("号别", "=普通", "fee_class", "=普通"),
    ],
)
def test_what_a_cell_may_hold(tmp_path: Path, column: str, value: str, field: str, read_as: object) -> None:
    """Forms that mean one thing are read: a day alone is the whole day, 23:59 and 24:00 are its end."""
    desk = read_cells(tmp_path, **{column: value})

    assert [] == desk.faults
    assert read_as == getattr(desk.offers[0], field)


@pytest.mark.parametrize(
    ("cells", "level", "ratio", "kind"),
    [
        ({"医保等级": "乙", "自付比例": "10%"}, "02", 1000, "医疗服务"),
        ({"医保等级": "自费"}, "03", 10_000, "医疗服务"),
        ({"医保等级": "甲", "诊察费医保等级": "乙", "诊察费自付比例": "20%"}, "02", 2000, "医疗服务"),
        ({"医保等级": "乙", "自付比例": "10%", "诊察费医保等级": "甲"}, "01", 0, "医疗服务"),
        ({"医保等级": "乙", "自付比例": "10%", "诊察费自付比例": "20%"}, "02", 2000, "医疗服务"),
        ({"批准类别": "诊疗项目"}, "01", 0, "医疗服务"),
        ({"批准类别": "诊金"}, "01", 0, "诊金"),
        ({"批准类别": "诊金", "诊察费批准类别": "医用耗材"}, "01", 0, "医用耗材"),
    ],
)
def test_a_fee_has_its_own_class_or_that_of_both(tmp_path: Path, cells: dict[str, str], level: str, ratio: int, kind: str) -> None:
    """What the columns of one fee leave empty is said by the columns of both; a class never takes another class's ratio."""
    desk = read_cells(tmp_path, **cells)

    assert [] == desk.faults
    assert fee(chrgitm_lv=level, selfpay_prop_e4=ratio, goods_kind=kind) == desk.offers[0].consultation


@pytest.mark.parametrize(
    ("cells", "column", "cure"),
    [
        ({"医保等级": ""}, "诊察费医保等级", "写明诊察费的医保等级"),
        ({"挂号费": "1", "医保等级": "甲"}, "挂号费医保目录编码", "写明挂号费的医保目录编码"),
        ({"挂号费": "1", "挂号费编码": "G1", "医保等级": "甲"}, "挂号费医保目录编码", "自费的可以只写本机构编码"),
        ({"医保等级": "乙"}, "先行自付比例", "乙类要写先行自付比例"),
        ({"医保等级": "甲", "自付比例": "", "诊察费医保等级": "乙"}, "诊察费先行自付比例", "乙类要写先行自付比例"),
        ({"医保等级": "乙", "自付比例": "10%", "诊察费医保等级": "乙"}, "诊察费先行自付比例", "乙类要写先行自付比例"),
        ({"诊察费医保等级": "自费", "诊察费自付比例": "50%"}, "诊察费自付比例", "自费的比例是 100%"),
        ({"生效时间": "2027-01-01", "失效时间": "2026-12-31"}, "失效时间", "晚于生效时间"),
        ({"生效时间": "2027-01-01 08:00", "失效时间": "2027-01-01 08:00"}, "失效时间", "晚于生效时间"),
    ],
)
def test_what_does_not_go_together(tmp_path: Path, cells: dict[str, str], column: str, cure: str) -> None:
    """Nothing is guessed: a charged fee has its class, its ratio and its codes, and a period ends after it begins."""
    desk = read_cells(tmp_path, **cells)

    assert [column] == [fault.column for fault in desk.faults]
    assert cure in desk.faults[0].cure.zh


def test_a_self_pay_fee_needs_the_own_code_alone(tmp_path: Path) -> None:
    """Outside the catalogue there is no national code."""
    desk = read_cells(tmp_path, 挂号费="1.50", 挂号费编码="G1", 挂号费医保等级="自费")

    assert [] == desk.faults
    assert fee(150, medins_list_codg="G1", med_list_codg="", chrgitm_lv="03", selfpay_prop_e4=10_000) == desk.offers[0].registration


@pytest.mark.parametrize(
    ("column", "value", "cure"),
    [
        ("科室名称", "内一科", "第 2 行的 K01 叫“内科”"),
        ("科别", "A04", "第 2 行的 K01 是 A03"),
        ("医师姓名", "演示医师乙", "第 2 行的这个编码是“演示医师甲”"),
    ],
)
def test_one_code_one_name(tmp_path: Path, column: str, value: str, cure: str) -> None:
    """The later line that calls a department or doctor otherwise is at fault and names the earlier."""
    later = ",".join({**CELLS, "号别": "专家", column: value}.values())
    desk = read(tmp_path, f"{HEADER}\n{LINE}\n{later}\n")

    assert [(3, column, value)] == faults(desk)
    assert cure in desk.faults[0].cure.zh
    assert 1 == len(desk.offers)


@pytest.mark.parametrize(
    ("earlier", "later", "overlaps"),
    [
        (("", ""), ("", ""), True),
        (("", "2026-12-31"), ("2027-01-01", ""), False),
        (("", "2027-01-01"), ("2027-01-01", ""), True),
        (("", "2027-01-01 00:00:00"), ("2027-01-01", ""), False),
        (("", "2026-12-31 23:59:59"), ("2027-01-01 00:00:00", ""), False),
        (("", "2027-01-01 00:00:01"), ("2027-01-01 00:00:00", ""), True),
        (("2027-01-01", ""), ("", "2026-12-31"), False),
        (("2027-01-01", ""), ("", "2027-01-01 00:00:01"), True),
        (("2026-01-01", "2026-12-31"), ("2026-06-01", "2026-06-30"), True),
        (("2026-06-01", "2026-06-30"), ("2026-01-01", "2026-12-31"), True),
        (("2026-06-01", "2026-06-30"), ("", ""), True),
        (("2026-06-01", "2026-06-30"), ("2026-06-01", "2026-06-15"), True),
        (("2026-06-01", "2026-06-15"), ("2026-06-01", "2026-06-30"), True),
        (("", "9999-12-31"), ("2026-06-01", ""), True),
    ],
)
def test_one_price_at_each_moment(tmp_path: Path, earlier: tuple[str, str], later: tuple[str, str], overlaps: bool) -> None:  # noqa: FBT001 - a column of the table
    """Two periods of the same department, doctor and fee class may meet at a second and never share one."""
    desk = read(tmp_path, f"{HEADER},生效时间,失效时间\n{LINE},{','.join(earlier)}\n{LINE},{','.join(later)}\n")

    assert ([(3, "生效时间", later[0])] if overlaps else []) == faults(desk)
    assert not overlaps or "与第 2 行的时间重叠" in desk.faults[0].cure.zh
    assert 2 - overlaps == len(desk.offers)


@pytest.mark.parametrize(("column", "value"), [("科室编码", "K02"), ("医师编码", "D02"), ("号别", "专家")])
def test_another_key_has_its_own_periods(tmp_path: Path, column: str, value: str) -> None:
    """Another department, doctor or fee class overlaps nothing; a line that is bad anyway takes no time."""
    other = ",".join({**CELLS, column: value}.values())
    bad = ",".join({**CELLS, column: value, "诊察费": "x"}.values())
    desk = read(tmp_path, f"{HEADER}\n{LINE}\n{bad}\n{other}\n")

    assert [(3, "诊察费", "x")] == faults(desk)
    assert 2 == len(desk.offers)


@given(st.lists(st.tuples(st.integers(0, 20), st.integers(1, 3), st.sampled_from(["普通", "专家"])), min_size=1, max_size=12))
def test_periods_equal_an_exact_comparison(tmp_path_factory: pytest.TempPathFactory, periods: list[tuple[int, int, str]]) -> None:
    """Whatever the order of the lines, those stay that share no hour with an earlier one that stayed."""
    lines: list[str] = []
    kept: list[tuple[str, int, set[int]]] = []
    for begins, lasts, fee_class in periods:
        lines.append(f"{LINE.replace('普通', fee_class)},2026-03-02 {begins:02d}:00,2026-03-02 {begins + lasts:02d}:00")
        hours = set(range(begins, begins + lasts))
        if not any(fee_class == other and hours & taken for other, _, taken in kept):
            kept.append((fee_class, begins, hours))
    desk = read(tmp_path_factory.mktemp("desk"), "\n".join((f"{HEADER},生效时间,失效时间", *lines, "")))

    assert [(fee_class, f"2026-03-02 {begins:02d}:00:00") for fee_class, begins, _ in kept] == [
        (one.fee_class, one.begntime) for one in desk.offers
    ]
    assert len(lines) - len(kept) == desk.bad_lines


def test_the_page_lists_every_column() -> None:
    """``docs/catalogue.md`` has each field with all of its names, and a star where it is needed."""
    page = (Path(__file__).parents[2] / "docs" / "catalogue.md").read_text(encoding="utf-8").partition("\n## The desk's file")[2]

    for column in COLUMNS:
        assert f"| `{column.field}`{' *' if column.required else ''} | {'、'.join(column.names)} |" in page
