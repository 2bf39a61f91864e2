"""Bad input at a whole counter: each a plain sentence with a stable code, the customer has a way, nothing is lost."""

from __future__ import annotations

import json
import os
import platform
import re
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from config.clock import SystemClock
from config.entropy import SystemEntropy
from offline_queue.journal import Journal
from offline_queue.operating_system import locked
from settlement.checkout.states import Dropped, PaidInCash, Settled
from simulator import image
from terminal import headless
from terminal.cli import main
from terminal.demo.conversation import Till
from terminal.headless_person import HeadlessPerson, Pipe
from terminal.person import Answer
from tests.world.shop import Shop


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """Return one shop for the file."""
    with Shop(tmp_path_factory.mktemp("bad") / "stage") as opened:
        opened.sell("first", "5.00")
        yield opened


def _image(shop: Shop, role: str) -> Path:
    return shop.stage.directory / "cards" / shop.stage.cast[role].image


def test_no_card(shop: Shop) -> None:
    """Without a card the customer pays cash and gets a slip for later settlement."""
    shop.stage.insert("east", None)
    ended = shop.sell_inserted("1.00", answers={"Billed": [Answer.CASH]})

    assert isinstance(ended, PaidInCash)
    assert ["CARD-NONE"] == shop.script.told
    assert "补结算" in shop.script.slips[-1]


def test_no_reader(shop: Shop) -> None:
    """A slot that is gone is named; the sale can be dropped."""
    slot = shop.stage.shops["east"].slot_dir / "slot.json"
    slot.unlink()

    assert isinstance(shop.sell_inserted("1.00"), Dropped)
    assert ["CARD-NO-READER"] == shop.script.told


def test_card_that_is_not_ldt(shop: Shop) -> None:
    """A card without the environment is refused before anything is asked of it."""
    path = _image(shop, "lost")
    kept = path.read_text(encoding="utf-8")
    path.write_text(json.dumps({"kind": "stone"}), encoding="utf-8")
    ended = shop.sell("lost")
    path.write_text(kept, encoding="utf-8")

    assert isinstance(ended, Dropped)
    assert [code for code in shop.script.told if code.startswith("CARD-")]
    assert [] == shop.disagreements()


def test_expired_card(shop: Shop) -> None:
    """A card past its last day settles nothing; cash is offered."""
    path = _image(shop, "lost")
    kept = path.read_text(encoding="utf-8")
    path.write_text(kept.replace("20331231", "20251231"), encoding="utf-8")
    ended = shop.sell("lost", answers={"SelfPayOffered": [Answer.CASH]})
    path.write_text(kept, encoding="utf-8")

    assert isinstance(ended, PaidInCash)


def test_wrong_pin_is_never_tried_by_itself(shop: Shop) -> None:
    """A wrong PIN costs one try and waits for a person; a malformed one costs none; blocked ends the attempt."""
    card = image.load(_image(shop, "second"))
    tries = card.pin_left
    right = shop.stage.cast["second"].pin
    wrong = "000000" if right != "000000" else "111111"
    ended = shop.sell("second", pins=["12", wrong, right])

    assert isinstance(ended, Settled)
    assert ["CARD-PIN-FORM", "CARD-PIN-WRONG"] == shop.script.told
    assert tries == image.load(_image(shop, "second")).pin_left


def test_blocked_pin(shop: Shop) -> None:
    """The last wrong try blocks the card; the customer pays cash."""
    right = shop.stage.cast["killed"].pin
    wrong = "000000" if right != "000000" else "111111"
    ended = shop.sell("killed", pins=[wrong] * 9, answers={"SelfPayOffered": [Answer.CASH]})

    assert isinstance(ended, PaidInCash)
    assert "CARD-PIN-BLOCKED" == shop.script.told[-1]


def test_centre_down_before_any_hotlist_age_limit(shop: Shop) -> None:
    """With the line down the allowance pays; a clock that jumps a week makes the list too old and refuses."""
    shop.cut()
    settled = shop.sell("first")
    shop.stage.set_clock("2026-03-09 09:00:00")
    refused = shop.sell("first", answers={"SelfPayOffered": [Answer.CANCEL]})
    shop.stage.set_clock("2026-03-02 09:00:00")
    shop.mend()
    shop.settle_down()

    assert isinstance(settled, Settled)
    assert isinstance(refused, Dropped)
    assert [] == shop.disagreements()


def test_clock_that_stepped_back(shop: Shop) -> None:
    """Ids and the chain go on; a void of "today" is judged by the booked date."""
    shop.stage.set_clock("2026-03-01 09:00:00")
    sold = shop.sell("first")
    shop.stage.set_clock("2026-03-02 09:30:00")
    shop.settle_down()

    assert isinstance(sold, Settled)
    assert [] == shop.disagreements()


@pytest.mark.parametrize(
    ("content", "code"),
    [("not toml [", 3), ("[counter]\ncolour = 1\n", 3), ("", 3)],
)
def test_bad_settings(tmp_path: Path, capsys: pytest.CaptureFixture[str], content: str, code: int) -> None:
    """A settings file that cannot be used says which key and how to mend it, in both languages; nothing starts."""
    (tmp_path / "settings.toml").write_text(content, encoding="utf-8")

    assert code == main(["headless", "--no-sender", "--data-dir", str(tmp_path)])
    said = capsys.readouterr().err
    assert "没有" in said
    assert "No money" in said or "no money" in said


def test_damaged_journal_is_not_opened(shop: Shop, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A till on a damaged database says so, sells nothing and leaves the file as it is."""
    settings = (shop.stage.shops["east"].directory / "settings.toml").read_text(encoding="utf-8")
    (tmp_path / "settings.toml").write_text(settings, encoding="utf-8")
    key = tmp_path / "journal.key"
    key.write_text("11" * 32, encoding="utf-8")
    key.chmod(0o600)
    (tmp_path / "journal.db").write_bytes(b"\x17" * 8192)

    assert 1 == main(["headless", "--no-sender", "--data-dir", str(tmp_path)])
    assert "JOURNAL-WRONG-KEY" in capsys.readouterr().err
    assert b"\x17" * 8192 == (tmp_path / "journal.db").read_bytes()


def test_doctor_says_what_is_wrong(shop: Shop, capsys: pytest.CaptureFixture[str]) -> None:
    """The doctor looks at reader, card, PSAM, printer, journal, centre, clock, rules, disk and versions."""
    directory = str(shop.stage.shops["east"].directory)
    shop.insert("first")
    code = main(["doctor", "--json", "--data-dir", directory])
    findings = {finding["subject"]: finding["state"] for finding in json.loads(capsys.readouterr().out)["findings"]}
    shop.stage.insert("east", None)
    main(["doctor", "--data-dir", directory])
    without_card = capsys.readouterr().out

    assert 0 == code
    assert "warning" == findings.pop("printer")  # none is set
    files = {"key", "reserve", "logs", "core", "crypto"}
    assert {"reader", "card", "psam", "journal", "centre", "hotlist", "clock", "rules", "disk", "versions"} | files == set(findings)
    assert {"ok"} == set(findings.values())
    assert "CARD-NONE" in without_card


def test_doctor_says_its_versions_and_the_hotlists_time_in_both_languages(shop: Shop, capsys: pytest.CaptureFixture[str]) -> None:
    """Who reads English learns what runs here and how old the hotlist is, as who reads Chinese does."""
    main(["doctor", "--json", "--data-dir", str(shop.stage.shops["east"].directory)])
    said = {finding["subject"]: finding for finding in json.loads(capsys.readouterr().out)["findings"]}

    for language in ("zh", "en"):
        versions, hotlist = said["versions"][language], said["hotlist"][language]
        assert [] == [name for name in ("yibao-terminal", platform.python_version(), "SQLite", platform.machine()) if name not in versions]
        assert re.search(r"\d{4}-\d\d-\d\d", hotlist), hotlist


@pytest.mark.parametrize(
    ("line", "end"),
    [
        ("this is no JSON", "Misunderstood"),
        ('["sale"]', "Misunderstood"),
        ('{"do": "dance"}', "Misunderstood"),
        ('{"do": "sale", "lines": "three boxes"}', "Misunderstood"),
        ('{"do": "sale", "lines": [{"name": "演示片"}]}', "Failed"),
        ('{"do": "void", "subject": "P99010000001202603020900000199"}', "NotVoided"),
        ('{"do": "later", "slip": "P99010000001202603020900000199"}', "Failed"),
    ],
)
def test_commands_that_are_none(shop: Shop, line: str, end: str) -> None:
    """A command that cannot be read or done is answered, and changes nothing."""
    shop.stage.insert("east", None)
    count = shop.counter.journal.tip()
    answer = headless._answer(
        bytearray(line.encode()), shop.counter, shop.driver, HeadlessPerson(Pipe(0, os.open(os.devnull, os.O_WRONLY)))
    )

    assert end == answer["end"]
    assert count == shop.counter.journal.tip()


def test_an_answer_that_does_not_fit_is_asked_again(shop: Shop) -> None:
    """An answer to another question changes nothing: the same question comes again."""
    ended = shop.sell("second", answers={"Quoted": [Answer.GOODS_OUT, Answer.AGREE, Answer.SETTLE]})

    assert isinstance(ended, Settled)
    assert ["Quoted"] * 3 == shop.script.asked


def test_the_till_starts_the_sender_when_none_runs(shop: Shop, tmp_path: Path) -> None:
    """Opening a till is enough: the sender comes with it, and a second one is not started."""
    settings = (shop.stage.shops["east"].directory / "settings.toml").read_text(encoding="utf-8")
    (tmp_path / "settings.toml").write_text(settings, encoding="utf-8")
    command = [str(Path(sys.executable).with_name("yibao")), "headless", "--data-dir", str(tmp_path)]
    tills = []
    for _ in range(2):
        till = Till(command)
        till.open()
        shop.stage.until("the sender holds its lock", lambda: locked(tmp_path / "sender.lock"))
        tills.append(till)
        till.close()
    with Journal(tmp_path, role="reader", clock=SystemClock(), entropy=SystemEntropy(), counter=None) as journal:
        shop.stage.until("the line is up", lambda: journal.notes.sender_status().line == "up")
    senders = [path.parent for path in Path("/proc").glob("[0-9]*/cmdline") if _is_sender_of(path, tmp_path)]
    for sender in senders:
        os.kill(int(sender.name), signal.SIGTERM)

    assert 1 == len(senders)


def _is_sender_of(path: Path, directory: Path) -> bool:
    try:
        words = path.read_bytes().split(b"\0")
    except OSError:
        return False
    return str(directory).encode() in words and any(word.endswith(b"yibao-sync") for word in words)
