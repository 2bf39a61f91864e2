"""The files of the applications, for each specification version.

Tags, lengths, codings and ordinals are those of a public reader library with one table for 1.00 and one for 2.00; those of
3.00 are the latter, with EF06 behind a key. *Confirmed* is said file by file and item by item.
"""

from __future__ import annotations

from terminal.cards.ldt.forms import COS_ONLY, Access, Coding, File, Item, Layout

TAG_SN, TAG_VERSION, TAG_ISSUED, TAG_VALID_UNTIL, TAG_CARD_NO = 0x01, 0x03, 0x05, 0x06, 0x07
TAG_CERTNO, TAG_NAME, TAG_GENDER = 0x08, 0x09, 0x0A
TAG_NAME_MORE = 0x4E
TAG_NOT_AFTER, TAG_AMOUNT, TAG_COUNTERS = 0x90, 0x92, 0x93

INTENT_SALE = 0x31
"""Last byte of an EF15 record, an ASCII digit: a sale (unconfirmed)."""
INTENT_REFRESH = 0x32
"""Last byte of an EF15 record: a refresh (unconfirmed)."""

_CODINGS = {"cn": Coding.CN, "an": Coding.AN, "b": Coding.RAW, "dec": Coding.DEC}


def _items(rows: str, names: dict[int, str] | None = None, *, confirmed: bool = True) -> tuple[Item, ...]:
    """Return the items of ``<tag> <coding><length in bytes>, …``; one without a public name is called by its tag."""
    named, found = names or {}, []
    for row in rows.split(", "):
        tag, form = int(row[:2], 16), row[3:]
        coding = form.rstrip("0123456789")
        name = named.get(tag, f"item {tag:02X}")
        found.append(Item(tag, int(form[len(coding) :]), _CODINGS[coding], name, confirmed=confirmed))
    return tuple(found)


def _tagged(fid: int, name: str, rules: tuple[str, str], items: tuple[Item, ...], *, confirmed: bool = True) -> File:
    read, write = map(Access, rules)
    return File(fid=fid, name=name, layout=Layout.TAGGED, read=read, write=write, items=items, confirmed=confirmed)


def _binary(fid: int, name: str, rules: tuple[str, str], size: int) -> File:
    read, write = map(Access, rules)
    return File(fid=fid, name=name, layout=Layout.BINARY, read=read, write=write, record_bytes=size)


def _regional(fid: int, rules: tuple[str, str]) -> File:
    """Return a file whose rules are public and whose layout is each region's own: ours is four records of 32 bytes (design)."""
    read, write = map(Access, rules)
    return File(fid=fid, name="地区扩展", layout=Layout.LINEAR, read=read, write=write, records=4, record_bytes=32, confirmed=False)


# --- SSSE, the social security environment ----------------------------------------------------------------

_ISSUER_NAMES = {
    TAG_SN: "卡识别码",
    0x02: "卡类别",
    TAG_VERSION: "规范版本",
    0x04: "初始化机构编号",
    TAG_ISSUED: "发卡日期",
    TAG_VALID_UNTIL: "卡有效期",
    TAG_CARD_NO: "卡号",
}
ISSUER = _tagged(0xEF05, "发卡信息", ("0", "UKSSSE"), _items("01 b16, 02 an1, 03 an4, 04 cn12, 05 cn4, 06 cn4, 07 an9", _ISSUER_NAMES))
"""SSSE EF05 (four programs agree)."""

_HOLDER_NAMES = {
    TAG_CERTNO: "社会保障号码",
    TAG_NAME: "姓名",
    TAG_NAME_MORE: "姓名扩展",
    TAG_GENDER: "性别",
    0x0B: "民族",
    0x0C: "出生地",
    0x0D: "出生日期",
}
_HOLDER_ITEMS = _items("08 an18, 09 an30, 4E an20, 0A an1, 0B cn1, 0C cn3, 0D cn4", _HOLDER_NAMES)
HOLDER = _tagged(0xEF06, "持卡人信息", ("0", "UKSSSE"), _HOLDER_ITEMS)
"""SSSE EF06, specification 2.00. Ordinals moved between versions, so it is always read by tag."""
HOLDER_V1 = _tagged(0xEF06, "持卡人信息", ("0", "UKSSSE"), tuple(item for item in _HOLDER_ITEMS if item.tag != TAG_NAME_MORE))
"""SSSE EF06, specification 1.00: no 4E, so everything after the name has another ordinal."""
HOLDER_V3 = _tagged(0xEF06, "持卡人信息", ("RKSSSE", "UKSSSE"), _HOLDER_ITEMS)
"""SSSE EF06, specification 3.00: no longer free to read (two programs agree)."""

_FINGERPRINT, _PHOTO = "指纹", "照片"
_REGION = _regional(0xEF0C, ("RKSSSE0C", "UKSSSE"))
_REGION_PERSON = _tagged(
    0xEF0D, "地区人员识别", ("0", "UKEF0D"), _items("EA an12, EB cn3, EC an1, ED an1", confirmed=False), confirmed=False
)
"""SSSE EF0D: tags and lengths are confirmed (two programs), the key of its writing by the key table, its reading is not."""
_SSSE_V1 = (ISSUER, HOLDER_V1, _binary(0xEF07, _FINGERPRINT, ("0", "UKSSSE"), 0x300), _REGION)
_SSSE_BEHIND_KEY = (
    _binary(0xEF07, _FINGERPRINT, ("RKSSSE", "UKSSSE"), 0x400),
    _binary(0xEF08, _PHOTO, ("RKSSSE", "UKSSSE"), 0x1000),
    _REGION,
    _REGION_PERSON,
)
_SSSE = {"1": _SSSE_V1, "2": (ISSUER, HOLDER, *_SSSE_BEHIND_KEY), "3": (ISSUER, HOLDER_V3, *_SSSE_BEHIND_KEY)}


# --- DF01, what every application may want to know ----------------------------------------------------------

_DF01_RULES = {
    0xEF05: ("PIN", "UK1DF01"),
    0xEF06: ("PIN", "UK4DF01"),
    0xEF07: ("PIN|UK2DF01", "UK2DF01"),
    0xEF08: ("PIN", "UK3DF01"),
    0xEF09: ("PIN|UK2DF01", "UK2DF01"),
    0xEF0A: ("PIN", "UK5DF01"),
}
"""Confirmed by the published rule table."""
_DF01_MORE = ("PIN", "UK1DF01")
"""EF15 to EF1A came with 2.00: no public rule, this one is ours (design)."""


def _df01(fid: int, name: str, rows: str) -> File:
    return _tagged(fid, name, _DF01_RULES.get(fid, _DF01_MORE), _items(rows, confirmed=False), confirmed=fid in _DF01_RULES)


_RESIDENCE, _CONTACT, _PERSON, _MARRIAGE, _EMPLOYER, _WAGES = "户籍", "通讯", "个人状况", "婚姻状况", "就业单位", "工资"
_DF01_V1 = (
    _df01(0xEF05, _RESIDENCE, "20 an1, 21 an62, 22 an18"),
    _df01(0xEF06, _CONTACT, "25 an62, 26 an18, 27 cn3, 28 an15"),
    _df01(0xEF07, _PERSON, "29 an1"),
    _df01(0xEF08, _MARRIAGE, "2B an1"),
    _df01(0xEF09, _EMPLOYER, "2E an62, 2F an8, 30 an9, 31 an1, 32 an3"),
    _df01(0xEF0A, _WAGES, "37 dec4, 38 dec4, 39 cn4"),
)
_DF01_V2 = (
    _df01(0xEF05, _RESIDENCE, "20 an2, 21 an80, 0E cn3"),
    _df01(0xEF06, _CONTACT, "23 an80, 24 cn3, 28 an15, 2C an50, 2D an15"),
    _df01(0xEF07, _PERSON, "29 an1, 2A cn1"),
    _df01(0xEF08, _MARRIAGE, "2B an1"),
    _df01(0xEF09, _EMPLOYER, "2E an70, 30 an9, 32 an2"),
    _df01(0xEF0A, _WAGES, "37 an3, 38 an2, 39 cn4"),
    _df01(0xEF15, "DF01 EF15", "2A cn1, 40 b52"),
    *(_binary(fid, f"DF01 {fid:04X}", _DF01_MORE, 0x128) for fid in range(0xEF16, 0xEF1B)),
)
"""Names of the files as a province published them for 1.00; 40 holds a constructed TLV."""


# --- DF03, the other social insurances --------------------------------------------------------------------

_UNEMPLOYMENT, _INCAPACITY, _PENSION = "失业保险信息", "丧失劳动能力鉴定信息", "养老保险基本信息"
_DF03_RULES = {0xEF05: ("PIN&RK1DF03", "UK1DF03"), 0xEF06: ("PIN", "UK2DF03"), 0xEF07: ("PIN&RK1DF03", "UK3DF03")}
"""Confirmed for EF05, EF06 and EF07 by the published rule table."""
_DF03_MORE = ("PIN", "UK3DF03")
"""EF15 to EF19 came with 2.00: no public rule, this one is ours (design)."""


def _df03(fid: int, name: str, rows: str) -> File:
    public = fid in _DF03_RULES
    return _tagged(fid, name, _DF03_RULES.get(fid, _DF03_MORE), _items(rows, confirmed=False), confirmed=public)


_DF03_REGION_KEYS = {0xEF0C: "UK4DF03", 0xEF0D: "UK5DF03", 0xEF0E: "UK6DF03", 0xEF0F: "UK7DF03"}
_DF03_REGION = tuple(_regional(fid, ("PIN", key)) for fid, key in _DF03_REGION_KEYS.items())
_DF03_V1 = (
    _df03(0xEF05, _UNEMPLOYMENT, "60 cn4, 98 cn4, 61 dec4, 62 cn4, 63 an3, 64 an3, 65 dec3, 66 dec3"),
    _df03(0xEF06, _INCAPACITY, "67 cn4, 68 an62, 69 an62, 6A an16, 6B an60"),
    _df03(0xEF07, _PENSION, "6C cn4, 6D dec4, 6E cn4, 6F cn4, 70 an3, 71 dec4, 72 dec4, 73 cn4"),
    *_DF03_REGION,
)
_DF03_V2 = (
    _df03(0xEF05, _UNEMPLOYMENT, "61 cn3, 60 cn4, 98 cn4, 62 cn4, 63 an3, 64 an3, 65 an3, 66 an3"),
    _df03(0xEF06, _INCAPACITY, "45 an20, 46 an2, 47 an2, 48 an1, 49 an1, 67 cn4, 6B an60, 4A b97"),
    _df03(0xEF07, _PENSION, "70 an3, 71 cn3, 6E cn4, 6C cn4, 6F cn4, 73 cn4"),
    *_DF03_REGION,
    _df03(0xEF15, "DF03 EF15", "7A cn3, 7B cn4, 7C cn4"),
    _df03(0xEF16, "DF03 EF16", "51 cn3, 5F an1"),
    _df03(0xEF17, "DF03 EF17", "3B an20, 3C an70, 3D an1, 3E cn4, 3F an60"),
    _df03(0xEF18, "DF03 EF18", "74 an3, 75 cn3, 76 cn1, 77 cn4, 78 cn4"),
    _df03(0xEF19, "DF03 EF19", "79 b39, 75 cn3, 76 cn1, 77 cn4, 78 cn4"),
)
"""4A and 79 hold a constructed TLV each (``B-TLV``), which the card keeps as bytes."""


# --- DF04, medical insurance --------------------------------------------------------------------------------

_INSURED_RULES, _ALLOWANCE_RULES = ("PIN", "UK1DF04"), ("PIN&RK1DF04", "UK2DF04")
_INSTITUTIONS = {tag: f"designated institution {number}" for number, tag in enumerate((0x83, 0x86, 0x89, 0x7D, 0x7E, 0x7F, 0x8D, 0x8E), 1)}
INSURED = _tagged(
    0xEF05,
    "医疗保险基本信息",
    _INSURED_RULES,
    _items(
        "81 an8, 84 cn3, 87 an17, 8C cn1, 80 cn4, 8B an29, 8A an15, 83 an9, 86 an9, 89 an9, 7D an9, 7E an9, 7F an9, 8D an9, 8E an9, 8F an1",
        _INSTITUTIONS,
        confirmed=False,
    ),
)
"""DF04 EF05, specification 2.00. Tags, lengths and codings are confirmed, the names are not public."""
_INSURED_V1 = _tagged(
    0xEF05,
    "医疗保险基本信息",
    _INSURED_RULES,
    _items(
        "80 cn4, 81 an62, 82 an8, 83 an9, 84 an62, 85 an8, 86 an9, 87 an62, 88 an8, 89 an9, 8A an15, 8B an10, 8C an1, 8F an1",
        {tag: name for tag, name in _INSTITUTIONS.items() if tag in {0x83, 0x86, 0x89}},
        confirmed=False,
    ),
)

_ALLOWANCE_NAMES = {TAG_NOT_AFTER: "not-after month", TAG_AMOUNT: "allowance in fen", TAG_COUNTERS: "generation and counter"}
ALLOWANCE = _tagged(
    0xEF06, "医疗保险临时脱网结算信息", _ALLOWANCE_RULES, _items("90 an1, 92 dec4, 93 b2", _ALLOWANCE_NAMES, confirmed=False)
)
"""DF04 EF06: tags, lengths and rules are confirmed; the meaning of each item is our reading, unconfirmed."""
_ALLOWANCE_V1 = _tagged(0xEF06, "医疗保险临时脱网结算信息", _ALLOWANCE_RULES, _items("90 dec4, 92 dec4, 93 dec4", confirmed=False))
"""DF04 EF06 of specification 1.00: other lengths, which the till does not use."""


def _debits(records: int) -> File:
    return File(fid=0xEF08, name="医疗交易明细", layout=Layout.CYCLIC, read=Access("PIN"), write=COS_ONLY, records=records, record_bytes=28)


DEBITS = _debits(30)
"""DF04 EF08 (confirmed): the card appends to it during its own debit; nobody else may. Ten records in specification 1.00."""

INTENTS = File(
    fid=0xEF15,
    name="特殊医疗结算记录",
    layout=Layout.CYCLIC,
    read=Access("PIN"),
    write=Access("UK2DF04"),
    records=8,
    record_bytes=3,
)
"""DF04 EF15: size and rules are confirmed; a 16-bit tag of each writer's intent and its kind are our reading."""

_DF04_REGION = (_regional(0xEF0C, ("PIN", "UK6DF04")), _regional(0xEF0D, ("PIN", "UK4DF04")))
_DF04_V2 = (INSURED, ALLOWANCE, DEBITS, *_DF04_REGION, INTENTS)


# --- what a card of a version has ----------------------------------------------------------------------------

_BY_VERSION = {
    "SSSE": _SSSE,
    "DF01": {"1": _DF01_V1, "2": _DF01_V2, "3": _DF01_V2},
    "DF03": {"1": _DF03_V1, "2": _DF03_V2, "3": _DF03_V2},
    "DF04": {"1": (_INSURED_V1, _ALLOWANCE_V1, _debits(10), *_DF04_REGION), "2": _DF04_V2, "3": _DF04_V2},
}
APPLICATIONS = tuple(_BY_VERSION)


def files_of(application: str, version: str) -> dict[int, File]:
    """Return an application's files by identifier, for a specification version such as ``2.00``; an unknown one is taken for 2."""
    versions = _BY_VERSION[application]
    return {file.fid: file for file in versions.get(version[:1], versions["2"])}


def ssse_files(version: str) -> dict[int, File]:
    """Return the files under the environment."""
    return files_of("SSSE", version)


def df04_files(version: str) -> dict[int, File]:
    """Return the files of the medical application."""
    return files_of("DF04", version)
