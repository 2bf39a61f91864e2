"""What stands on paper: golden slips, widths, amounts, and names that would make a printer do things."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from settlement.figures import Figures
from simulator.printer import GARBAGE, decode
from terminal.paper import escpos, plain
from terminal.paper.glyphs import MISSING, clean, encode, paper_width, screen_width
from terminal.paper.masks import mask_name, mask_number
from terminal.paper.sheet import Big, Code, Note, Pair, Rule, Signature, Title, lay
from terminal.paper.slip import COPIES, Slip, compose
from tests.paper.samples import CASH, GOLDEN, OFFLINE, PAPERS, SALE, SAMPLES, SUBJECT, VOID, goldens, job, sheets, text

ACCENTS = "a" + "\u0301" * 500
HOSTILE = (
    "[bold red]张三[/]",
    "\x1b@\x1bp\x00\x32\x32张三",
    "张\u202e三\u202c",
    ACCENTS,
    "张\x00三",
    "😀👩‍👩‍👧",
    "\U00020bb7野家",
    "¥12.30",
    "a\x10\x04\x01b\x1c.\x1d!\x77",
    "\ud800",
    "\u3000\t\r\n\x85\u2028",
    "\x7f\x80\x9b",
)


def roll(content: bytes, columns: int) -> list[str]:
    """Return the lines of text that a printer of ``columns`` columns makes of ``content``."""
    return [item.text for item in decode(content, columns).paper if not (item.cut or item.code)]


@pytest.mark.parametrize("name", sorted(goldens()))
def test_golden(name: str) -> None:
    """Each form of each sample is the one on file; ``python -m tests.paper.samples`` writes them anew."""
    assert (GOLDEN / name).read_text(encoding="utf-8") == goldens()[name]


@pytest.mark.parametrize("name", SAMPLES)
@pytest.mark.parametrize("paper", PAPERS)
def test_a_printer_reads_its_bytes_as_the_text(name: str, paper: str) -> None:
    """What a printer makes of the bytes is the laid out sheet, line by line: nothing wraps, nothing is garbage."""
    printer = decode(job(name, paper), PAPERS[paper])
    laid = [line for sheet in sheets(name) for line in lay(sheet, PAPERS[paper], paper_width)]

    kept = [item for item in printer.paper if not item.cut and (item.text or item.code)]
    assert [(line.text.rstrip(), line.code, line.tall) for line in laid if line.text or line.code] == [
        (item.text, item.code, item.tall) for item in kept
    ]
    assert [] == [item for item in printer.paper if item.wrapped or GARBAGE in item.text]
    assert len(sheets(name)) == sum(item.cut for item in printer.paper)
    assert ["ESC @", "GS a 00", "FS &"] == printer.commands[:3]


def test_the_due_amount_stands_out() -> None:
    """Only the amount due is in double height, and it is whole."""
    tall = [item.text for item in decode(job("sale", "58mm"), 32).paper if item.tall]

    assert 2 == len(tall)
    assert {"应收现金                 ￥27.10"} == set(tall)


def test_both_copies() -> None:
    """The shop's copy comes first and has a line to sign on; the customer's has none; both name themselves."""
    shop, customer = (plain.render((compose(SALE, copy),), 32) for copy in COPIES[2])

    assert "商户联" in shop
    assert "顾客签名：____" in shop
    assert "顾客联" in customer
    assert "签名" not in customer
    assert ("顾客联",) == COPIES[1]


@pytest.mark.parametrize(
    ("slip", "title"),
    [
        (SALE, "医保结算单"),
        (OFFLINE, "医保结算单（脱机、补打）"),
        (VOID, "医保结算撤销单（重打 2）"),
        (CASH, "自费收款凭条"),
        (replace(SALE, redeems=SUBJECT), "医保结算单（补结算）"),
        (replace(SALE, reversed_by=SUBJECT, which="again", again=1), "医保结算单（已撤销、重打 1）"),
        (replace(OFFLINE, which="first", rejected=True), "医保结算单（脱机、中心未接受）"),
    ],
)
def test_the_title_says_what_it_is(slip: Slip, title: str) -> None:
    """Off-line, late, again, undone: whoever holds the paper sees it in the title."""
    assert Title(title) == compose(slip)[1]


def test_a_late_or_repeated_slip_says_when_it_was_printed() -> None:
    """The time of the sale stays; the time of printing stands beside it."""
    assert "打印时间" not in text("sale", "58mm")
    assert Pair("打印时间", OFFLINE.printed_at) in compose(OFFLINE)
    assert Pair("打印时间", VOID.printed_at) in compose(VOID)


def test_nothing_is_printed_of_nothing() -> None:
    """An amount of 0 has no line, except the three that everybody looks for; nor has what is not known."""
    bare = replace(SALE, figures=Figures(medfee_sumamt=0), left_out=(), setl_id="", received_fen=0, chain="", bill=None)
    labels = [row.label for row in compose(bare) if isinstance(row, Pair)]

    assert ["医疗费总额 medfee_sumamt", "个人账户支付 acct_pay", "个人现金支付 psn_cash_pay", "账户余额 balc"] == labels[-4:]
    assert "中心结算号" not in labels


def test_every_national_amount_has_its_line() -> None:
    """With no amount at 0 each stands under its national name, except those that are parts or ratios."""
    full = Figures(**{name: number for number, name in enumerate(Figures.__dataclass_fields__, 1)})
    labels = " ".join(row.label for row in compose(replace(SALE, figures=full)) if isinstance(row, Pair))

    assert {"psn_part_amt"} == {name for name in Figures.__dataclass_fields__ if name not in labels}


def test_the_balance_is_left_out_off_line() -> None:
    """Off-line nobody knows the account; the card's allowance is what can be said."""
    slip = text("offline", "80mm")

    assert "balc" not in slip
    assert "卡上脱机额度" in slip


@pytest.mark.parametrize(
    ("name", "masked"),
    [("", ""), ("演", "*"), ("演示", "演*"), ("演示甲", "演*甲"), ("演示甲乙", "演**乙"), ("买买提·演示", "买****示")],
)
def test_a_name_shows_its_ends(name: str, masked: str) -> None:
    """First and last character, of two only the first, of one none."""
    assert masked == mask_name(name)


@pytest.mark.parametrize(
    ("number", "masked"), [("", ""), ("1234567", "*******"), ("12345678", "123*5678"), ("990100197001010000", "990***********0000")]
)
def test_a_number_shows_its_ends(number: str, masked: str) -> None:
    """Three at the head and four at the tail, of a short one nothing."""
    assert masked == mask_number(number)


# --- characters ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "printed"),
    [
        ("¥5.00", "￥5.00"),
        ("•✓", "·√"),
        ("½片", "1/2片"),
        ("5㎖", "5ml"),
        ("℃①Ⅱ", "℃①Ⅱ"),
        ("\U00020bb7", MISSING),
        ("😀", MISSING),
        ("한", MISSING),
        ("镕喆堃", "镕喆堃"),
        ("e\u0301", "é"),
        ("张\u202e三\x00\x1b", "张三"),
        ("甲\n乙\t丙", "甲 乙 丙"),
    ],
)
def test_what_a_printer_has(written: str, printed: str) -> None:
    """Rare characters are mapped to what GBK has, or visible as missing; controls are gone."""
    assert printed == clean(written)


def test_the_yen_sign_would_print_garbage_as_it_is() -> None:
    """Four bytes of GB18030 come out as two figures among garbage: the reason for an encoding of our own."""
    assert [f"{GARBAGE}0{GARBAGE}6"] == roll("¥".encode("gb18030") + b"\n", 32)
    assert ["￥"] == roll(encode(clean("¥")) + b"\n", 32)


@given(st.text())
@example(ACCENTS)
def test_cleaned_text_is_printable(written: str) -> None:
    """Every byte is a character of the printer's, at most two of them for one; cleaning twice is cleaning once."""
    cleaned = clean(written)
    content = encode(cleaned)

    assert cleaned == clean(cleaned)
    assert len(content) == paper_width(cleaned) <= 2 * len(cleaned)
    assert [] == [byte for byte in content if byte < 0x20 or byte == 0x7F]
    assert screen_width(cleaned) <= paper_width(cleaned)


@pytest.mark.parametrize("name", HOSTILE, ids=ascii)
@pytest.mark.parametrize("columns", [24, 32, 48])
def test_a_hostile_name_is_only_a_name(name: str, columns: int) -> None:
    """In every place of a slip: no command of its own, no line too wide, the amounts as before."""
    bill = SALE.bill
    assert bill is not None
    line = replace(bill.lines[0], name=name, spec=name, manu_lotnum=name, prodentp_name=name, expy_end=name)
    hostile = replace(
        SALE,
        bill=replace(bill, lines=(line, *bill.lines[1:])),
        holder=replace(SALE.holder, name=mask_name(name) or name),
        issuer=replace(SALE.issuer, fixmedins_name=name, operator=name),
        setl_id=name,
        left_out=(replace(SALE.left_out[0], zh=name),),
    )
    sheet = compose(hostile, "商户联", code=True)
    printer = decode(escpos.render((sheet,), columns), columns)
    plainly = plain.render((sheet,), columns)

    assert printer.commands == decode(escpos.render((compose(SALE, "商户联", code=True),), columns), columns).commands
    assert [] == [item for item in printer.paper if item.wrapped or GARBAGE in item.text]
    assert max(screen_width(row) for row in plainly.splitlines()) <= columns
    assert [] == [mark for mark in plainly if mark < " " and mark != "\n"]
    assert [amount for amount in ("31.60", "￥27.10", "50.00") if amount not in plainly] == []


# --- layout -----------------------------------------------------------------------------------------------

WORDS = st.text(max_size=60)
ROWS = st.one_of(
    st.builds(Title, WORDS),
    st.builds(Note, WORDS, st.integers(0, 4)),
    st.builds(Pair, WORDS, WORDS, st.integers(0, 4)),
    st.builds(Big, WORDS, WORDS),
    st.builds(Code, WORDS),
    st.builds(Signature, st.text(max_size=10)),
    st.just(Rule()),
)


@given(st.lists(ROWS, max_size=8), st.integers(24, 80))
def test_no_line_is_wider_than_the_paper(rows: list[Title], columns: int) -> None:
    """Whatever stands in a row, by either measure."""
    for measure in (paper_width, screen_width):
        assert all(measure(line.text) <= columns for line in lay(tuple(rows), columns, measure))


@given(st.integers(0, 10**17), st.integers(24, 80), st.text(max_size=40))
def test_an_amount_is_never_cut(fen: int, columns: int, label: str) -> None:
    """It stands whole, at the right edge, in the line of its label or alone in the next."""
    amount = f"￥{fen // 100}.{fen % 100:02d}"
    last = lay((Pair(label, amount, 2),), columns, paper_width)[-1].text

    assert last.endswith(amount)
    assert columns == paper_width(last)


def test_a_date_is_not_torn() -> None:
    """A number goes to the next line whole; Chinese breaks anywhere."""
    lines = [line.text for line in lay((Note("凭社会保障卡和本凭条，于 2026-04-01 前到本店补结算。"),), 32, paper_width)]

    assert ["凭社会保障卡和本凭条，于", "2026-04-01 前到本店补结算。"] == lines


def test_two_widths_of_the_same_mark() -> None:
    """A multiplication sign takes two columns on paper and one on a screen; each form is right-aligned in its own."""
    on_paper, on_screen = (lay((Pair("2 × 15.8", "31.60"),), 32, measure)[0].text for measure in (paper_width, screen_width))

    assert (32, 31) == (paper_width(on_paper), screen_width(on_paper))
    assert 32 == screen_width(on_screen)
