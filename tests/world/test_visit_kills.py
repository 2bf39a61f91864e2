"""A visit's chain torn between any two of its steps, by the sender's death or the till's: settled once, or taken down."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from offline_queue.chain import Chain, There
from offline_queue.fold import Folded
from settlement import reversal
from settlement.checkout import events as on
from settlement.checkout.states import Settled
from tests.world.clinic import PERSONALITIES, Clinic, Clinics, waits
from tests.world.stricken import Death, Killed, Stricken

WHEN = {"sent": ("step_sending", False), "taken": ("step_answered", True), "told": ("step_answered", False)}
"""Where the sender dies: after the record before a step's first byte, with the answer not recorded, after that."""


def places(*infnos: str) -> list[tuple[str, str, str]]:
    """Return where a chain is torn: everywhere, at each kind of centre."""
    return [(kind, infno, when) for kind in PERSONALITIES for infno in infnos for when in WHEN]


@pytest.fixture(scope="module")
def clinics(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Clinics]:
    """Return the clinics of the file, opened when they are first asked for."""
    with Clinics(tmp_path_factory.mktemp("torn")) as opened:
        yield opened


@pytest.fixture(params=PERSONALITIES)
def clinic(request: pytest.FixtureRequest, clinics: Clinics) -> Clinic:
    """Return the clinic beside a centre of each kind."""
    return clinics.beside(request.param)


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return what threads ended by."""
    names: list[str] = []
    monkeypatch.setattr(threading, "excepthook", lambda ended: names.append(ended.exc_type.__name__))
    return names


def _doomed(clinic: Clinic, death: Death) -> None:
    """Have a sender that dies at ``death`` at work."""
    clinic.stop_sender()
    Stricken.death = death
    clinic.start_sender(Stricken)
    clinic.stage.until("the line is up", lambda: clinic.counter.journal.notes.sender_status().line == "up")
    clinic.sign_in_anew()


def _replace(clinic: Clinic, death: Death) -> None:
    """Wait for the death, and start another sender."""
    assert death.happened.wait(20)
    clinic.stage.until("the sender has ended", lambda: not clinic.sender_runs())
    clinic.stop_sender()
    clinic.start_sender()


THERE = [*places("2201", "2203", "2204", "2206"), *((kind, "2207", when) for kind in PERSONALITIES for when in ("frozen", "taken"))]
BACK = [*places("2205", "2202"), *((kind, "2208", "taken") for kind in PERSONALITIES)]


@pytest.mark.parametrize(("clinic", "infno", "when"), THERE, indirect=["clinic"])
def test_the_sender_dies_while_a_customer_waits(clinic: Clinic, told: list[str], infno: str, when: str) -> None:
    """The next sender goes on at the first step that is not answered, and settles once."""
    kind, before = {**WHEN, "frozen": ("request_frozen", False)}[when]
    death = Death(kind="answered" if (infno, when) == ("2207", "taken") else kind, infno=infno, before=before)
    _doomed(clinic, death)
    replacing = threading.Thread(target=_replace, args=(clinic, death))
    replacing.start()
    ended = clinic.register("first", answers=waits())
    replacing.join()
    clinic.settle_down()

    assert isinstance(ended, Settled), (ended, clinic.script.told)
    assert [] == clinic.unsound()
    assert ["Killed", "LaneDied"] == told


@pytest.mark.parametrize(("clinic", "infno", "when"), BACK, indirect=["clinic"])
def test_the_sender_dies_on_the_way_back(clinic: Clinic, told: list[str], infno: str, when: str) -> None:
    """A void, and what it takes down: gone on with until nothing of the visit is left."""
    registered = clinic.subject(clinic.register("second"))
    kind, before = WHEN[when]
    death = Death(kind="answered" if infno == "2208" else kind, infno=infno, before=before)
    _doomed(clinic, death)
    replacing = threading.Thread(target=_replace, args=(clinic, death))
    replacing.start()
    ended = clinic.void("second", registered)
    replacing.join()
    clinic.settle_down()

    assert isinstance(ended, reversal.Voided | reversal.InDoubt), ended
    assert [] == clinic.unsound()
    assert clinic.visits()[-1]["cancelled"]
    assert ["Killed", "LaneDied"] == told


@pytest.mark.parametrize(("clinic", "infno"), [(kind, infno) for kind in PERSONALITIES for infno in ("2201", "2204")], indirect=["clinic"])
def test_the_sender_dies_while_it_drains(clinic: Clinic, told: list[str], infno: str) -> None:
    """A fee that was paid off-line: the next sender goes on, and the card's debit is settled once."""
    clinic.subject(clinic.register("killed"))
    clinic.cut()
    registered = clinic.subject(clinic.register("killed"))
    clinic.stop_sender()
    clinic.stage.bend_line({})
    death = Death(kind="step_answered", infno=infno, before=True)
    Stricken.death = death
    clinic.start_sender(Stricken)
    _replace(clinic, death)
    clinic.settle_down()

    assert "accepted" == str(clinic.counter.journal.standing(registered).standing)
    assert [] == clinic.unsound()
    assert ["Killed", "LaneDied"] == told


def _reached(chain: Chain, infno: str) -> bool:
    there = {
        "2201": chain.registered is There.YES,
        "2203": chain.told,
        "2204": chain.uploaded is There.YES,
        "2206": chain.dry_run is not None,
    }
    return infno == "" or there[infno]


TILL = [(kind, infno) for kind in PERSONALITIES for infno in ("", "2201", "2203", "2204", "2206")]


@pytest.mark.parametrize(("clinic", "infno"), TILL, indirect=["clinic"])
def test_the_till_dies_while_the_chain_is_torn(clinic: Clinic, told: list[str], monkeypatch: pytest.MonkeyPatch, infno: str) -> None:
    """Both are gone between two steps. The till that starts again takes the charge back, or finds it settled; the sender takes it down."""
    line = clinic.counter.line
    death = Death(kind="step_answered", infno=infno) if infno else Death(kind="step_sending", infno="2201", before=True)
    _doomed(clinic, death)

    def dies(msgid: str, **_: object) -> on.Event:
        def torn() -> Folded | None:
            folded = clinic.counter.journal.standing(msgid)
            return folded if death.happened.is_set() and folded.chain is not None and _reached(folded.chain, infno) else None

        clinic.stage.until("the chain is torn", torn)
        raise Killed

    with monkeypatch.context() as dying:
        dying.setattr(line, "answer_of", dies)
        with pytest.raises(Killed):
            clinic.register("torn")
    clinic.stage.until("the sender has ended", lambda: not clinic.sender_runs())
    clinic.stop_sender()
    visits = len(clinic.visits())
    after = clinic.register_again("torn", sender=clinic.start_sender)
    clinic.settle_down()

    assert isinstance(after, Settled), (after, clinic.script.told)
    assert [] == clinic.unsound()
    assert visits + 1 == len(clinic.visits())
    assert [] == clinic.counter.journal.open_subjects()
    assert ["Killed", "LaneDied"] == told
