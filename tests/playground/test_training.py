"""A till to learn at beside a real one: it says what it is, sells as the real one would, and touches nothing of it."""

from __future__ import annotations

import hashlib
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from config.refusals import SettingRefused
from config.settings import Settings
from offline_queue.catalogue import NAME, Catalogue
from offline_queue.catalogue.goods_file import read_goods
from offline_queue.catalogue.importing import replace_catalogue
from settlement.checkout.states import Settled
from terminal.demo.errors import NoPlayground, TrainingElsewhere
from terminal.demo.playground import Playground
from terminal.demo.training import FOLDER, settings_beside, training
from terminal.desk_day import DayEnd
from terminal.desk_place import place_of
from terminal.screen import words
from terminal.screen.cashier.devices import strip_spans
from terminal.screen.day_news import DayClosed
from terminal.screen.news import News
from terminal.screen.orders import BeginClose, CloseDay, CountDrawer
from tests.journal.entries import ONE, offline_sale, opened
from tests.playground.tried import Till, locked, till_on, until
from tests.screen.setup.test_command import window
from tests.setup.files import OWN, shop

GOODS = Path(__file__).parents[2] / "terminal" / "demo" / "goods.csv"
YIBAO = str(Path(sys.executable).with_name("yibao"))
REAL = OWN.replace("http://127.0.0.1:9/", "http://10.0.0.1/") + '[ui]\nlanguage = "en"\ntheme = "contrast"\n[slip]\nwidth = 48\n'


def real_counter(directory: Path) -> Path:
    """Lay a real counter: settings, a journal with a sale that is not uploaded, and goods of its own."""
    shop(directory, REAL)
    with opened(directory) as journal:
        offline_sale(journal, ONE)
    goods = directory / "goods.csv"
    goods.write_text(GOODS.read_text(encoding="utf-8").replace("演示", "本店"), encoding="utf-8")
    replace_catalogue(directory, read_goods(goods, _silently).items, {}, _silently, over=False)
    return directory


def _silently(done: int, total: int) -> None:
    """Show no progress."""
    del done, total


def contents(directory: Path) -> dict[str, str]:
    """Return what every file of the real counter holds."""
    return {
        str(path.relative_to(directory)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(directory.rglob("*"))
        if path.is_file() and FOLDER not in path.relative_to(directory).parts
    }


@contextmanager
def trained(directory: Path, *, fresh: bool = False) -> Iterator[Playground]:
    """Run the training of a counter, from when all of it stands."""
    with training(directory, fresh=fresh) as playground:
        until("the training is ready", lambda: playground.progress.ready.is_set() or playground.progress.failure)
        assert playground.progress.failure is None, playground.progress.failure
        yield playground


@pytest.fixture(scope="module")
def learnt(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, dict[str, str], Till]]:
    """Return a real counter, what its files held before, and a till of its training."""
    directory = real_counter(tmp_path_factory.mktemp("real"))
    before = contents(directory)
    with trained(directory) as playground, till_on(playground) as till:
        till.wait_for_line("up")
        yield directory, before, till


def test_it_sells_and_the_slip_says_what_it_is(learnt: tuple[Path, dict[str, str], Till]) -> None:
    """Settled by the simulated centre, on-line and off-line; the stamp is the slip's third line, and the real counter is what it was."""
    directory, before, till = learnt
    till.devices.swap("first")
    slips = []
    assert isinstance(till.sell("12.00", pin_of="first"), Settled)
    slips += till.script.slips
    till.devices.cut_line()
    till.wait_for_line("down")
    assert isinstance(till.sell("3.00", pin_of="first"), Settled)
    slips += till.script.slips
    till.devices.mend_line()
    till.wait_for_line("up")
    till.drain()

    assert ["培训 · 不作凭证"] * 2 == [slip.splitlines()[2].strip() for slip in slips]
    assert () == till.agreement().differences
    assert before == contents(directory)


def test_it_says_so_on_the_screen(learnt: tuple[Path, dict[str, str], Till]) -> None:
    """The chip is the training's and not the demonstration's; the strip with the cards has it too."""
    _, _, till = learnt
    before = words.language()
    words.use("zh")

    place = place_of(till.counter)
    strip = strip_spans(till.devices, training=place.training)
    words.use(before)

    assert (True, False, " 培训 ") == (place.training, place.demonstration, strip[0].text)


def test_paper_of_a_close_says_so_too(learnt: tuple[Path, dict[str, str], Till]) -> None:
    """It looks like the takings of a day, and is none."""
    directory, _, till = learnt
    handed_over = till.counter.printer
    queue = till.counter.start_printing()
    said: list[News] = []
    end = DayEnd(till.counter, queue, said.append)
    for order in (BeginClose(), CountDrawer(0), CloseDay("")):
        end.serve(order)
    paper = directory / FOLDER / "counter" / "printer" / "paper.txt"
    until("the close is on paper", lambda: paper.exists() and "账本链" in paper.read_text(encoding="utf-8").rpartition("日结")[2])
    queue.close()
    till.counter.printer, till.counter._print_queue = handed_over, None

    lines = paper.read_text(encoding="utf-8").splitlines()
    title = next(number for number, line in enumerate(lines) if "日结" in line)
    assert isinstance(said[-1], DayClosed)
    assert "培训 · 不作凭证" == lines[title + 1].strip()


def test_it_has_the_shops_goods_screen_and_paper_and_nothing_else_of_it(learnt: tuple[Path, dict[str, str], Till]) -> None:
    """Language, colours and width are the real ones; codes, operator, centre, reader and key are its own."""
    directory, _, till = learnt
    settings = till.counter.settings
    port = (directory / FOLDER / "line.port").read_text(encoding="ascii").strip()

    assert ("en", "contrast", 48) == (settings.ui.language, settings.ui.theme, settings.slip.width)
    assert "f2,f11" == settings.ui.keys["find"]
    assert "演示大药房（培训）" == settings.counter.fixmedins_name
    assert ("demo", "培训") == (settings.counter.operator, settings.counter.operator_name)
    assert (f"http://127.0.0.1:{port}/fsi/api/callService", "simulated") == (settings.centre.url, settings.reader.kind)
    keys = [(place / "journal.key").read_bytes() for place in (directory, directory / FOLDER / "counter")]
    assert keys[0] != keys[1]
    with Catalogue(directory / FOLDER / "counter") as catalogue:
        assert catalogue.find("本店", 3)
    assert not (directory / NAME).samefile(directory / FOLDER / "counter" / NAME)


def test_what_was_learnt_is_there_the_next_time_and_goods_follow(tmp_path: Path) -> None:
    """The journal of the training goes on; goods imported at the real counter are those of the next start; --fresh begins anew."""
    directory = shop(tmp_path, REAL).parent
    with trained(directory) as playground, till_on(playground) as till:
        till.wait_for_line("up")
        till.devices.swap("first")
        assert isinstance(till.sell("1.00", pin_of="first"), Settled)
    goods = directory / "goods.csv"
    goods.write_text(GOODS.read_text(encoding="utf-8").replace("演示", "新到"), encoding="utf-8")
    replace_catalogue(directory, read_goods(goods, _silently).items, {}, _silently, over=False)

    with trained(directory) as playground, till_on(playground) as till:
        assert 1 == till.agreement().settlements
        with Catalogue(playground.counter) as catalogue:
            assert catalogue.find("新到", 3)
    with trained(directory, fresh=True) as playground, till_on(playground) as till:
        assert 0 == till.agreement().settlements


@pytest.mark.parametrize(
    ("said", "instead"),
    [
        ('url = "http://127.0.0.1:', 'url = "http://10.0.0.1:'),
        ('url = "http://127.0.0.1:', 'url = "http://localhost:'),
        ('url = "http://127.0.0.1:', 'url = "https://127.0.0.1:'),
        ("/fsi/api/callService", "/real/fsi/api/callService"),
        ('url = "http://127', 'url="http://127'),
        ('kind = "simulated"\nslot_dir', 'kind = "pcsc"\nslot_dir'),
        ("training = true", "training = false"),
        ("[centre]", "[centre"),
    ],
)
def test_settings_that_lead_out_are_refused_before_anything_starts(tmp_path: Path, said: str, instead: str) -> None:
    """Whatever a person turned: no line, no centre, no sender, and the words say with what the training begins anew."""
    directory = shop(tmp_path, REAL).parent
    counter = directory / FOLDER / "counter"
    counter.mkdir(parents=True)
    (directory / FOLDER / "playground.lock").touch()
    written = settings_beside(directory / "settings.toml")
    assert said in written
    (counter / "settings.toml").write_text(written.replace(said, instead, 1), encoding="utf-8")

    with training(directory) as playground:
        playground.progress.counter_stands.wait(30)
        failure = playground.progress.failure
        # A way of writing that the line's port cannot be put into shows when the line stands, before till, centre's answer or sender.
        assert {} == playground.process_ids or said.endswith("http://127")
        assert "sender" not in playground.process_ids

    assert isinstance(failure, TrainingElsewhere)
    assert "--fresh" in failure.say("zh")
    with training(directory, fresh=True) as playground:
        playground.wait_for_counter(lambda _: None)


@pytest.mark.parametrize(
    "more",
    [
        "[demonstration]\ntraining = true\n",
        '[demonstration]\ntraining = true\n[reader]\nkind = "simulated"\nslot_dir = "slot"\n',
    ],
)
def test_no_program_opens_a_training_that_leads_out(tmp_path: Path, more: str) -> None:
    """Settings that call themselves a training and name a real centre or reader do not load: not in a till, not in a sender."""
    path = shop(tmp_path, OWN.replace("127.0.0.1:9", "10.0.0.1") + more)
    with pytest.raises(SettingRefused, match=r"demonstration\.training"):
        Settings.load(path)

    if "simulated" in more:
        shop(tmp_path, OWN + more)
        assert Settings.load(path).demonstration.training


def test_folder_with_something_else_in_it_is_left_alone(tmp_path: Path) -> None:
    """A folder of that name that is no training is not made one."""
    (tmp_path / FOLDER / "cards").mkdir(parents=True)

    with pytest.raises(NoPlayground):
        training(tmp_path).start()


def test_real_settings_that_cannot_be_used_are_named(tmp_path: Path) -> None:
    """The training does not begin with half of them."""
    shop(tmp_path, OWN.replace('till = "01"', 'till = "77"'))

    with pytest.raises(SettingRefused, match=r"counter\.till"):
        training(tmp_path)


def test_without_a_real_counter_it_is_the_demonstrations_shop(tmp_path: Path) -> None:
    """A newcomer may learn before anything is set up."""
    table = tomllib.loads(settings_beside(tmp_path / "settings.toml"))

    assert ("演示大药房", True) == (table["counter"]["fixmedins_name"], table["demonstration"]["training"])


def test_on_a_terminal_it_opens_and_leaves_nothing_running(tmp_path: Path) -> None:
    """``yibao train`` shows the chip; left by its key, it ends with the agreement, and the real counter is what it was."""
    directory = real_counter(tmp_path / "real")
    before = contents(directory)
    with window("train", "--data-dir", str(directory)) as opened_window:
        opened_window.sees("TRAINING", "演示甲")
        opened_window.type(b"\x11")
        assert 0 == opened_window.process.wait(timeout=60)
        opened_window.sees("agree: card = journal = centre")

    assert not locked(directory / FOLDER / "children.lock")
    assert before == contents(directory)


def test_without_a_terminal_there_is_nobody_to_learn(tmp_path: Path) -> None:
    """Nothing is laid out."""
    command = [YIBAO, "train", "--data-dir", str(tmp_path / "real")]

    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)

    assert (1, True) == (done.returncode, "SCREEN-NO-TERMINAL" in done.stderr)
    assert [] == list(tmp_path.iterdir())
