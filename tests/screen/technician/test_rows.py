"""Rows by themselves: amounts whole at every width, foreign words harmless in every place that shows them, both languages."""

from __future__ import annotations

import unicodedata
from dataclasses import replace
from itertools import product

import pytest

from offline_queue.fold import Standing
from offline_queue.log.entry import DayTotals, Filter, LogEntry
from settlement.day_facts import DayClosed
from settlement.errors import Language
from settlement.facts import Fact
from settlement.money import format_yuan
from terminal.finding import Finding
from terminal.screen import words
from terminal.screen.glyphs import Glyphs
from terminal.screen.literal import width
from terminal.screen.narrow import use_safe
from terminal.screen.paint import Row, Span
from terminal.screen.technician import finding_rows, log_rows, queue_rows, story_rows
from terminal.screen.technician.code_words import code_word
from terminal.screen.technician.frame import Key, header, key_bar, standing_marks
from terminal.screen.technician.queue_rows import Owed, Queue, next_try
from terminal.screen.technician.story import HIDDEN, Figure, Moment, Step, Story, _members
from terminal.screen.technician.told import Told
from terminal.screen.technician.words import _TELLERS, told_of
from tests.log.rows import row
from tests.screen.hostile import HOSTILE

WIDTHS = (80, 95, 96, 100, 115, 116, 120, 200)
AMOUNTS = (0, 5, -5, 1_183_800, -12_345_678, 9_999_999_999)
GLYPHS = Glyphs()
QUEUE = Queue(alive=True, line="up", since="", words="", signed_time="", hotlist="", count=1, rows=())
OWED = Owed(
    subject="P" * 30, infno="2102", lane="backlog", state="waiting", attempts=1, waits_for="", because="",
    last="2026-03-02 09:00:00", words="",
)  # fmt: skip


def entry(total_fen: int, text: str = "") -> LogEntry:
    """Return a row with this amount in all its places and this text in all of its."""
    return row(7, total_fen=total_fen)._replace(
        fund_fen=total_fen, cash_fen=total_fen, outside_fen=total_fen or 1, person=text, card=text, words=text, reason=text, setl_id=text
    )


def story(fen: int, text: str = "") -> Story:
    """Return a story with this amount and this text in all their places."""
    step = Step(at_ms=1, slot=text, name=text, parameters=text, sent=1, received=2, sw=text)
    told = Told(text or "x", "attention", (text,))
    moment = Moment(seq=1, at="2026-03-02 09:00:00", writer=text, told=told, back=True, set_s=-31_536_061, steps=(step,))
    return Story(
        subject=text, standing=text, receipt=text, setl_id=text, mdtrt_id=text, person=text, card=text, offline=True, owed=text,
        moments=(moment,), figures=(Figure(name="medfee_sumamt", till_fen=fen, centre_fen=fen + 1),), outside_fen=fen or 1,
        lines=(("01", text, fen), (text, text, fen)), request=((text or "x", text),), related=(text or "x",),
    )  # fmt: skip


def shown(rows: list[Row]) -> list[str]:
    """Return the text of rows."""
    return [line.text for line in rows]


@pytest.fixture(params=["zh", "en"])
def spoken(request: pytest.FixtureRequest) -> Language:
    """Speak each language in turn."""
    language: Language = request.param
    words.use(language)
    return language


@pytest.mark.parametrize(("columns", "fen"), list(product(WIDTHS, AMOUNTS)))
def test_amounts_stand_whole(spoken: Language, columns: int, fen: int) -> None:
    """Every amount of every view can be read in full within the width, whatever the width and the language."""
    amount, made = format_yuan(fen), entry(fen)
    table = log_rows.table([made, row(1)], 0, columns, GLYPHS)
    view = log_rows.LogView(totals=DayTotals._make([*[99_999] * 6, fen, fen, fen, fen]), totals_days=(20260301, 20260302))
    sums = " ".join(shown(log_rows.totals(view, columns)))
    body = shown(story_rows.body(story(fen), columns, GLYPHS, steps=True))

    assert table[1].text.split().count(amount) in ({2, 4} if columns >= 96 else {2}), spoken
    assert 5 == " ".join(shown(log_rows.detail(made, columns, GLYPHS))).split().count(format_yuan(fen or 1)) + 4 * (fen == 0)
    assert 4 == sums.split().count(amount)
    assert 3 <= sum(line.split().count(amount) for line in body)
    assert [] == [line for line in (*shown(table), *body) if width(line) > columns]


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_foreign_words_are_harmless(text: str) -> None:
    """In every place of every view: literal, one line, within the width, and the amounts beside them stay."""
    finding = Finding(subject=text, state="warning", zh=text, en=text)
    owed = replace(OWED, subject=text or "x", infno=text, state=text, waits_for=text, words=text)
    queue = replace(QUEUE, since=text, words=text, signed_time=text, hotlist=text, rows=(owed,))
    rows = [
        *log_rows.table([entry(1_183_800, text)], 0, 80, GLYPHS),
        *log_rows.detail_rows(entry(1_183_800, text), 80, GLYPHS),
        log_rows.find_line(log_rows.LogView(query=text), 80),
        log_rows.find_line(log_rows.LogView(note=(text, "dim"), found=text), 80),
        *story_rows.head(story(1_183_800, text), 80, GLYPHS),
        *story_rows.body(story(1_183_800, text), 80, GLYPHS, steps=True),
        *queue_rows.head(queue, 80, GLYPHS),
        *queue_rows.table(queue, queue.rows, 0, 80),
        *queue_rows.detail(owed, queue, 80),
        *finding_rows.findings([finding], 80, GLYPHS),
    ]

    assert [] == [line.text for line in rows if width(line.text) > 80]
    assert [] == [line.text for line in rows if {unicodedata.category(c) for c in line.text} & {"Cc", "Cf", "Cs", "Zl", "Zp"}]
    assert "11838.00" in rows[1].text


@pytest.mark.parametrize(
    ("set_s", "said"),
    [(0, "时钟在此倒退"), (-31_536_061, "拨慢 365 天 00:01:01"), (86_400, "拨快 1 天 00:00:00"), (61, "拨快 00:01:01")],
)
def test_a_clock_that_was_set_is_said_with_how_far(set_s: int, said: str) -> None:
    """At the record that was marked; one that only stands behind the one before says that alone."""
    words.use("zh")
    moment = replace(story(1).moments[0], set_s=set_s)
    told = " ".join(shown(story_rows.body(replace(story(1), moments=(moment,)), 120, GLYPHS, steps=False)))

    assert said in told
    assert told.count("先后以序号为准") == 1


@pytest.mark.parametrize("text", ["", "x", "[b]", "{why}", "\x1b[2J", None, 5, {}, []])
@pytest.mark.parametrize("kind", [*_TELLERS, "some_day"])
def test_a_record_is_told_whatever_it_holds(kind: str, text: object) -> None:
    """A record that is not as expected shows its members; no record makes the timeline fail."""
    members = ("way", "at", "why", "words", "outcome", "steps", "amount_fen", "receipt")
    bodies: list[dict[str, object]] = [{}, dict.fromkeys(members, text), {"steps": []}]
    for body in bodies:
        told = told_of(kind, body)

        assert isinstance(told.text, str)
        assert all(isinstance(detail, str) for detail in told.details)


def test_every_kind_of_record_has_its_sentence() -> None:
    """What a till, a sender or a restore writes is told in words; a new kind needs its own."""
    written = {kind.kind for kind in _below(Fact)} | {"cancelled", "request_frozen", "restored", "sending", "answered", "set_aside"}

    assert DayClosed.kind in written
    assert set() == written - _TELLERS.keys()


def _below(base: type[Fact]) -> set[type[Fact]]:
    return {kind for direct in base.__subclasses__() for kind in (direct, *_below(direct))}


def test_every_standing_has_its_mark() -> None:
    """A standing is a shape, a colour and a word."""
    assert set() == {str(standing) for standing in Standing} - standing_marks(GLYPHS).keys()


def test_the_request_shows_what_names_nobody() -> None:
    """Members that are known to be harmless show their value; every other is hidden, also one that nobody knew of."""
    head = {"psn_no": "1", "med_type": "41", "new": "x", "none": None, "n": 5}
    shown = dict(_members("", {"druginfo": head, "drugdetail": [{"cnt": "1", "rxno": "2"}]}))

    assert {
        "druginfo.psn_no": HIDDEN,
        "druginfo.med_type": "41",
        "druginfo.new": HIDDEN,
        "druginfo.n": HIDDEN,
        "drugdetail[1].cnt": "1",
        "drugdetail[1].rxno": HIDDEN,
    } == shown


@pytest.mark.parametrize(
    ("owed", "queue", "words_"),
    [
        (OWED, QUEUE, "60 秒内"),
        (replace(OWED, attempts=0), QUEUE, "马上"),
        (replace(OWED, state="begun"), QUEUE, "马上"),
        (OWED, replace(QUEUE, line="down"), "线路恢复后"),
        (OWED, replace(QUEUE, alive=False), "发送程序运行后"),
        (replace(OWED, waits_for="P99010000001202603020830000107"), QUEUE, "等 000107"),
        (replace(OWED, state="set_aside", waits_for="x"), QUEUE, "不再试，要人来看"),
    ],
)
def test_the_next_try_is_what_the_journal_knows(owed: Owed, queue: Queue, words_: str) -> None:
    """Set aside, held back, without a sender, without a line, or soon: the first that holds."""
    assert words_ == next_try(owed, queue)


def test_a_code_keeps_its_name() -> None:
    """A known code has words and stays findable; an unknown one is shown as it is."""
    assert ("线路中断 (LINE-DOWN)", "XYZ", "") == (code_word("LINE-DOWN"), code_word("XYZ"), "")
    assert "" == code_word("")


@pytest.mark.parametrize("columns", WIDTHS)
def test_every_key_stands_in_the_bar(spoken: Language, columns: int) -> None:
    """The keys of the browser all fit at 80 columns, in both languages."""
    names = {"F2": "day", "←→": "days", "F3": "state", "F4": "clear", "F6": "kind", "F7": "off", "F9": "queue", "F10": "check"}
    bar = [Key("Enter", words.tr("open"), following=True), *(Key(name, words.tr(label)) for name, label in names.items())]
    bar.append(Key("Esc", words.tr("back")))
    text = key_bar(bar, columns).text

    assert [] == [name for name in (*names, "Enter", "Esc") if name not in text], spoken
    assert width(text) == columns


def test_safe_characters_only_where_the_terminal_needs_them() -> None:
    """On a terminal that draws doubtful characters wide, words stand for shapes and the columns still hold."""
    use_safe(safe=True)
    try:
        glyphs = Glyphs(safe=True)
        table = log_rows.table([entry(1_183_800, "演·甲")], 0, 80, glyphs)
        rows = [*table, *story_rows.body(story(5, "→①"), 80, glyphs, steps=True)]

        assert "[正常]" in table[1].text
        assert [] == [line.text for line in rows if width(line.text) > 80]
    finally:
        use_safe(safe=False)


def test_days_and_filters_are_chips() -> None:
    """What is filtered stands on the find line, amounts as they were asked for."""
    wanted = Filter(group="doubt", kind="sale", offline=True, first_day=20260301, last_day=20260302, least_fen=1000, most_fen=None)
    text = log_rows.find_line(log_rows.LogView(wanted=wanted), 120).text

    assert [] == [chip for chip in ("2026-03-01..03-02", "存疑", "结算", "脱机", "￥10.00..") if chip not in text]


def test_the_header_says_that_nothing_writes() -> None:
    """Whoever looks over a shoulder sees that this changes nothing."""
    assert header("流水", [Span("x")], [], 80).text.rstrip().endswith("只读")


@pytest.mark.parametrize("columns", WIDTHS)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_card_is_shown_whole_or_not_at_all(columns: int, language: Language) -> None:
    """Half of a card's number would read as another card's."""
    words.use(language)
    for name in ("甲", "演*甲", "演示*甲", "演示长名*甲"):
        who = row(7, total_fen=1_183_800)._replace(person=name, card="9207")
        line = log_rows.table([who], 0, columns, GLYPHS)[1].text
        assert name[:2] in line
        assert "9207" in line or "92" not in line, line
