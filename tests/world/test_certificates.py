"""By identity number at a real centre: sold, voided, refused, and on no public record; the card's doubts block it too."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace

import pytest

from config.case_file import lines_of
from offline_queue.journal_command import export
from settlement import reversal
from settlement.bill import Bill
from settlement.checkout.states import Dropped, Sale, Settled, State
from settlement.errors import Refusal
from terminal import catch_up
from terminal.certificates import Certificate, NoDecoder, Scanned, Shown, by_identity_number
from terminal.person import Answer
from tests.world.shop import Shop

ROW = {"name": "演示片", "price": "2.00", "class": "01", "first_pay_ratio": "0", "kind": "国药准字", "code": "A001"}


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """Return a shop at work, with an empty reader."""
    with Shop(tmp_path_factory.mktemp("certificates") / "stage") as opened:
        yield opened


def number_of(shop: Shop, role: str) -> Certificate:
    """Return the identity number of one of the cast, as it is typed."""
    typed = by_identity_number(shop.stage.cast[role].certno.lower())
    assert isinstance(typed, Certificate)
    return typed


def sell(shop: Shop, shown: Shown, certificates: tuple[str, ...] | None = None) -> State:
    """Sell something against ``shown``; ``certificates`` is what another area would take."""
    catch_up.run(shop.counter, shop.driver)
    shop.script.told.clear()
    shop.script.steps.clear()
    policy = shop.counter.policy()
    assert not isinstance(policy, Refusal)
    place = shop.counter.settings.counter
    bill = Bill(admdvs=place.admdvs, begntime=shop.counter.at, venue=place.venue, lines=lines_of([ROW]))
    rules = policy if certificates is None else replace(policy, certificates=certificates)
    return shop.driver.sell(Sale(bill=bill, policy=rules), shown=shown)


def test_sold_and_voided_by_number(shop: Shop) -> None:
    """No card, no PIN; the centre has it under the certificate's own type, and the same number voids it."""
    by_number = number_of(shop, "second")
    sold = sell(shop, by_number)
    assert isinstance(sold, Settled), shop.script.told
    steps = list(shop.script.steps)
    others = shop.driver.void(sold.subject, shown=number_of(shop, "first"))
    voided = shop.driver.void(sold.subject, shown=by_number)
    shop.settle_down()
    private = next(record.private for record in shop.counter.journal.records(sold.subject) if record.private)
    sent = json.loads(private["input"])["druginfo"]

    assert ["AskWho", "AskCentre"] == [step for step in steps if step.startswith("Ask")]
    assert ("02", by_number.mdtrt_cert_no) == (sent["mdtrt_cert_type"], sent["mdtrt_cert_no"])
    assert ("02", by_number.mdtrt_cert_no) == (private["mdtrt_cert_type"], private["mdtrt_cert_no"])
    assert isinstance(others, reversal.NotVoided)
    assert "VOID-OTHER-PERSON" == others.refusal.code
    assert isinstance(voided, reversal.Voided)
    assert [] == shop.disagreements()


def test_the_number_is_on_no_public_record(shop: Shop) -> None:
    """Neither in the export that hides persons, nor in what is said of a certificate."""
    by_number = number_of(shop, "killed")
    assert isinstance(sell(shop, by_number), Settled)
    public = json.dumps(export(shop.counter.journal, reveal=False), ensure_ascii=False)

    assert by_number.mdtrt_cert_no not in public
    assert by_number.mdtrt_cert_no not in repr(by_number)


def test_a_card_voids_what_a_number_settled(shop: Shop) -> None:
    """It is the person that must be the same, not the certificate."""
    sold = sell(shop, number_of(shop, "first"))
    assert isinstance(sold, Settled)

    assert isinstance(shop.void("first", sold.subject), reversal.Voided)


def test_an_area_without_it_sends_nothing(shop: Shop) -> None:
    """The pack decides, before anybody is asked."""
    ended = sell(shop, number_of(shop, "second"), ("01", "03"))

    assert isinstance(ended, Dropped)
    assert "AskWho" not in shop.script.steps


def test_off_line_only_cash(shop: Shop) -> None:
    """The line is down: no allowance, no PIN, nothing written; and no void either."""
    sold = sell(shop, number_of(shop, "first"))
    assert isinstance(sold, Settled)
    shop.cut()
    records = shop.counter.journal.tip()
    ended = sell(shop, number_of(shop, "second"))
    steps, after = list(shop.script.steps), shop.counter.journal.tip()
    undone = shop.driver.void(sold.subject, shown=number_of(shop, "first"))
    told = list(shop.script.told)
    shop.mend()

    assert isinstance(ended, Dropped)
    assert ["AskWho"] == steps
    assert records == after
    assert isinstance(undone, reversal.Dropped)
    assert ["CERTIFICATE-OFFLINE"] == told


def test_nobody_the_centre_knows(shop: Shop) -> None:
    """A number that is right by its check and belongs to nobody is refused by the centre."""
    nobody = by_identity_number("99010519491231004X")
    assert isinstance(nobody, Certificate)

    assert isinstance(sell(shop, nobody), Dropped)
    assert ["AskWho"] == shop.script.steps


@pytest.mark.parametrize("typed", ["", "123", "990105194912310041", "9901051949123100４X", "X90105194912310041", "99010519491231004XX"])
def test_what_is_no_number_is_never_sent(typed: str) -> None:
    """By length, form and check character."""
    refused = by_identity_number(typed)

    assert isinstance(refused, Refusal)
    assert "CERTIFICATE-NUMBER" == refused.code
    assert not typed or typed not in refused.say("en")


def phone(shop: Shop, role: str) -> Scanned:
    """Return what a scanner reads from somebody's phone now."""
    return Scanned(shop.stage.phone(shop.stage.cast[role]))


def test_sold_and_voided_by_e_certificate(shop: Shop) -> None:
    """The component gives the token, the centre says whose it is; the void takes a token of its own, and only that person's."""
    sold = sell(shop, phone(shop, "second"))
    assert isinstance(sold, Settled), shop.script.told
    others = shop.driver.void(sold.subject, shown=phone(shop, "first"))
    voided = shop.driver.void(sold.subject, shown=phone(shop, "second"))
    shop.settle_down()

    assert isinstance(others, reversal.NotVoided)
    assert "VOID-OTHER-PERSON" == others.refusal.code
    assert isinstance(voided, reversal.Voided)
    assert [] == shop.disagreements()


def test_a_lost_reply_is_found_without_the_token(shop: Shop) -> None:
    """Whoever paid by phone is gone: the doubt is resolved by the person's number, however old the token is."""
    scanned = phone(shop, "first")
    shop.stage.bend_line({"mode": "drop-reply", "infno": "2102", "times": 1})
    shop.script.answers = {"DoubtOpen": [Answer.GOODS_OUT, *[Answer.AGAIN] * 9, Answer.LEAVE]}
    sold = sell(shop, scanned)
    shop.stage.bend_line({})
    shop.settle_down()

    assert isinstance(sold, Settled), shop.script.told
    assert "DoubtOpen" in shop.script.asked
    assert [] == shop.disagreements()


def test_what_is_no_e_certificate_is_said_by_the_component(shop: Shop) -> None:
    """A code of another kind, one that was scanned before, and a component that is not reached: nothing is sent to the centre."""
    used = phone(shop, "second")
    assert isinstance(shop.counter.decoder.decode(used), Certificate)
    refused = [shop.counter.decoder.decode(one) for one in (used, Scanned("28" * 14), Scanned("https://example.invalid/pay"))]
    ended = sell(shop, Scanned("28" * 14))
    steps = list(shop.script.steps)
    shop.stage.bend_line({"mode": "refuse", "infno": "?"})
    silent = shop.counter.decoder.decode(phone(shop, "second"))
    shop.stage.bend_line({})

    assert [{"ECERT-NOT-ONE"}] == [{one.code for one in refused if isinstance(one, Refusal)}]
    assert 3 == len([one for one in refused if isinstance(one, Refusal)])
    assert isinstance(ended, Dropped)
    assert ["AskWho"] == steps
    assert isinstance(silent, Refusal)
    assert "ECERT-SILENT" == silent.code


def test_no_component_no_e_certificate() -> None:
    """Nothing else guesses what a scanned code is, and it is in no representation."""
    asked = NoDecoder().decode(Scanned("28" * 14))

    assert isinstance(asked, Refusal)
    assert "ECERT-NO-COMPONENT" == asked.code
    assert "28" * 14 not in repr(Scanned("28" * 14))
