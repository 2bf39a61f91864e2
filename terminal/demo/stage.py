"""The stage of the demonstration: a directory, real processes, simulated devices and one simulated clock."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from config.clock import FileClock
from config.entropy import SystemEntropy
from offline_queue.journal import Journal
from offline_queue.reconcile_command import reconciled
from offline_queue.standing_queue import status_of
from settlement.bill import Venue
from terminal.demo.cast import Dice, Item, Player, players, roster, shelf
from terminal.demo.conversation import Till
from terminal.visits import charge_in

DEPARTMENTS = Path(__file__).with_name("departments.csv")
CLINIC = "clinic"
"""The shop that is a clinic's desk."""
_AREAS = {"east": "990100", "west": "990200", CLINIC: "990100"}
_LEVEL = "1"
"""Level of the clinic."""
_PATIENCE_S = 30.0
_PAUSE_S = 0.02


class StageFailed(Exception):
    """A process of the demonstration did not do its part in time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shop:
    """One pharmacy or clinic: its directory, its slots, and the area it stands in."""

    name: str
    admdvs: str
    directory: Path

    @property
    def slot_dir(self) -> Path:
        """Where its simulated reader looks."""
        return self.directory / "slot"

    @property
    def venue(self) -> Venue:
        """What it is."""
        return Venue.CLINIC if self.name == CLINIC else Venue.PHARMACY

    @property
    def fixmedins_code(self) -> str:
        """Its institution code."""
        return f"{'H' if self.venue is Venue.CLINIC else 'P'}{self.admdvs}00001"


class Stage:
    """Everything that runs. Leaving it ends every process that it started, by its own id."""

    def __init__(
        self,
        directory: Path,
        *,
        seed: str,
        personality: str,
        shops: tuple[str, ...] = ("east", "west"),
        staffed: bool = True,
        exchange_s: float = 2,
        think_s: float = 0,
        centre_regions: Path | None = None,
    ) -> None:
        """Set up in ``directory``; ``staffed`` starts a till and a sender in each shop, else they stand ready.

        ``centre_regions`` gives the centre other packs than the counters have: the two then split differently.
        """
        self.directory = directory
        self.seed = seed
        self.personality = personality
        self.dice = Dice(seed)
        self.cast = players(seed)
        self.items = {item.code: item for item in shelf(seed)}
        self.shops = {name: Shop(name=name, admdvs=_AREAS[name], directory=directory / name) for name in shops}
        self._staffed = staffed
        self._exchange_s = exchange_s
        self._centre_options = ("--think-s", str(think_s), *(("--regions", str(centre_regions)) if centre_regions else ()))
        self.tills: dict[str, Till] = {}
        self._senders: dict[str, subprocess.Popen[bytes]] = {}
        self._ends = ExitStack()
        self._clock = directory / "clock"
        self._control = directory / "line.json"
        self.line_port = self.centre_port = ""

    def __enter__(self) -> Self:
        with ExitStack() as on_failure:
            on_failure.push(self._ends)
            self._build()
            on_failure.pop_all()
        return self

    def _build(self) -> None:
        self.directory.mkdir(parents=True, exist_ok=True)
        self.set_clock("2026-03-02 08:30:00")
        self.bend_line({})
        institutions = [_institution(shop) for shop in self.shops.values() if shop.venue is Venue.CLINIC]
        self._write_roster(institutions)
        self._run("yibao-card", "make", "roster.toml", "--dir", "cards", "--seed", self.seed)
        self._tell_proof_keys(institutions)
        self.centre_port = self._start_centre()
        self.line_port = self._start_line(self.centre_port)
        for shop in self.shops.values():
            self._open_shop(shop, self.line_port)

    def _write_roster(self, institutions: list[str]) -> None:
        (self.directory / "roster.toml").write_text("\n".join((roster(self.cast), *institutions)), encoding="utf-8")

    def _tell_proof_keys(self, institutions: list[str]) -> None:
        """Tell the centre what the cards that debit by themselves make their TACs with, as their issuer would."""
        loaded = [player for player in self.cast.values() if player.loaded_fen]
        for player in loaded:
            key = self._run("yibao-card", "proof-key", f"cards/{player.image}").strip()
            self.cast[player.role] = replace(player, proof_key=key)
        if loaded:
            self._write_roster(institutions)

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._ends.close()

    # --- time and line -------------------------------------------------------------------------------

    def set_clock(self, at: str) -> None:
        """Set the simulated wall clock of every process, ``yyyy-MM-dd HH:mm:ss`` China time."""
        moment = datetime.fromisoformat(f"{at}+08:00")
        _replace(self._clock, moment.isoformat())

    def bend_line(self, rule: dict[str, Any]) -> None:
        """Tell the proxy between the shops and the centre what to do; ``{}`` passes everything."""
        _replace(self._control, json.dumps(rule))

    # --- cards ---------------------------------------------------------------------------------------

    def insert(self, shop: str, player: Player | None, *, fault: dict[str, Any] | None = None) -> None:
        """Put a card into the shop's reader, or take it out; ``fault`` pulls it at an APDU."""
        card = None if player is None else f"../../cards/{player.image}"
        self.shops[shop].slot_dir.mkdir(parents=True, exist_ok=True)
        slot = {"card": card, "psam": "../../cards/psam.card", "fault": fault}
        _replace(self.shops[shop].slot_dir / "slot.json", json.dumps(slot))

    def slot(self, shop: str) -> dict[str, Any]:
        """Return what is in the shop's slots now."""
        content: dict[str, Any] = json.loads((self.shops[shop].slot_dir / "slot.json").read_text(encoding="utf-8"))
        return content

    # --- waiting -------------------------------------------------------------------------------------

    def until(self, what: str, holds: Callable[[], object]) -> None:
        """Wait until ``holds()`` is true. Raises :class:`StageFailed` naming ``what``."""
        deadline = time.monotonic() + _PATIENCE_S
        while not holds():
            if time.monotonic() > deadline:
                raise StageFailed(what)
            time.sleep(_PAUSE_S)

    def later(self, seconds: float, act: Callable[[], None]) -> None:
        """Do something a little later, beside what goes on."""
        timer = threading.Timer(seconds, act)
        timer.start()
        self._ends.callback(timer.join)

    def when_bent(self, number: str, act: Callable[[], None]) -> threading.Thread:
        """Do something, beside what goes on, as soon as the line has used the rule of that ``number``."""

        def watch() -> None:
            self.until(f"rule {number} is used", lambda: self._uses().get(number))
            act()

        watching = threading.Thread(target=watch, name=f"rule {number}", daemon=True)
        watching.start()
        return watching

    def _uses(self) -> dict[str, int]:
        file = self._control.with_suffix(".used")
        used: dict[str, int] = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
        return used

    def kill_sender(self, shop: str) -> None:
        """Kill a shop's sender as a power cut would."""
        self._senders[shop].kill()
        self._senders[shop].wait()

    def start_sender(self, shop: str) -> None:
        """Start a shop's sender."""
        directory = str(self.shops[shop].directory)
        self._senders[shop] = self._spawn(_script("yibao-sync"), "run", "--data-dir", directory, log=f"sync-{shop}")

    def steps_answered(self, shop: str, subject: str) -> list[str]:
        """Return which steps of a visit's chain the centre has answered, as ``infno``."""
        with self._journal(shop) as journal:
            return [record.body["infno"] for record in journal.records(subject) if record.kind == "step_answered"]

    def visit_of(self, shop: str, subject: str) -> str:
        """Return the number of the visit (``ipt_otp_no``) that a settlement is of."""
        with self._journal(shop) as journal:
            charge = charge_in(journal, subject)
        assert charge is not None
        return charge.visit.registration.ipt_otp_no

    def _journal(self, shop: str) -> Journal:
        clock = FileClock(self._clock)
        return Journal(self.shops[shop].directory, role="reader", clock=clock, entropy=SystemEntropy(), counter=None)

    def sync_status(self, shop: str) -> dict[str, Any]:
        """Return what ``yibao-sync status --json`` would say at the shop; asked too often to start a process each time."""
        with self._journal(shop) as journal:
            return status_of(journal)

    def reconciled(self, shop: str, day: str) -> bool:
        """Whether the shop has a statement of a day (``yyyy-MM-dd``), and nothing that one found stands at the centre alone still."""
        with self._journal(shop) as journal:
            found = reconciled(journal, day)
        return found["statement"] is not None and not found["standing_alone"]

    # --- reading back --------------------------------------------------------------------------------

    def journal_export(self, shop: str) -> dict[str, Any]:
        """Return ``yibao-journal export --json`` of the shop."""
        export: dict[str, Any] = json.loads(
            self._run("yibao-journal", "export", "--json", "--reveal", "--data-dir", str(self.shops[shop].directory))
        )
        return export

    def centre_export(self) -> dict[str, Any]:
        """Return ``yibao-clearing export --json``."""
        export: dict[str, Any] = json.loads(self._run("yibao-clearing", "export", "--json", "--data-dir", "centre"))
        return export

    def card_exports(self) -> list[dict[str, Any]]:
        """Return ``yibao-card show --json`` of every card."""
        return [json.loads(self._run("yibao-card", "show", f"cards/{player.image}", "--json")) for player in self.cast.values()]

    def phone(self, player: Player) -> str:
        """Return the e-certificate's code that somebody's phone shows now."""
        place = ("--data-dir", "centre", "--clock-file", str(self._clock))
        return self._run("yibao-clearing", "ecert", "--certno", player.certno, *place).strip()

    def report_loss(self, player: Player) -> None:
        """Report a card lost at the centre."""
        place = ("--data-dir", "centre", "--clock-file", str(self._clock))
        self._run("yibao-clearing", "report-loss", "--card-no", player.card_no, *place)

    # --- inside --------------------------------------------------------------------------------------

    def lines(self, *wanted: tuple[str, int]) -> list[dict[str, Any]]:
        """Return bill lines for (code, count) pairs, in national names and yuan strings."""
        return [_line(index, self.items[code], count) for index, (code, count) in enumerate(wanted, 1)]

    def _run(self, command: str, *arguments: str) -> str:
        done = subprocess.run([_script(command), *arguments], cwd=self.directory, capture_output=True, text=True, check=False)
        if done.returncode not in {0, 1}:  # 1 = found something: that is an answer
            said = f"{command} {arguments[0]}: {done.stderr or done.stdout}"
            raise StageFailed(said)
        return done.stdout

    def _spawn(self, *command: str, log: str) -> subprocess.Popen[bytes]:
        with (self.directory / f"{log}.log").open("ab") as out:
            process = subprocess.Popen(command, cwd=self.directory, stdin=subprocess.DEVNULL, stdout=out, stderr=out)
        self._ends.callback(_end, process)
        return process

    def _start_centre(self) -> str:
        port_file = self.directory / "centre.port"
        arguments = ("--data-dir", "centre", "--port", "0", "--port-file", str(port_file), "--personality", self.personality)
        more = ("--clock-file", str(self._clock), "--roster", "roster.toml", "--seed", self.seed, *self._centre_options)
        self._spawn(_script("yibao-clearing"), "serve", *arguments, *more, log="centre")
        return self._port(port_file)

    def _start_line(self, centre: str) -> str:
        port_file = self.directory / "line.port"
        arguments = ("--upstream", f"127.0.0.1:{centre}", "--port-file", str(port_file), "--control", str(self._control))
        used = ("--used-file", str(self._control.with_suffix(".used")))
        self._spawn(sys.executable, "-m", "simulator.proxy", *arguments, *used, log="line")
        return self._port(port_file)

    def _port(self, file: Path) -> str:
        self.until(f"{file.stem} listens", lambda: file.exists() and file.read_text(encoding="utf-8").strip())
        return file.read_text(encoding="utf-8").strip()

    def _open_shop(self, shop: Shop, port: str) -> None:
        shop.directory.mkdir(parents=True, exist_ok=True)
        settings = _settings(shop, port, self._clock, self.seed, self._exchange_s)
        (shop.directory / "settings.toml").write_text(settings, encoding="utf-8")
        self.insert(shop.name, None)
        if shop.venue is Venue.CLINIC:
            self._run("yibao", "catalogue", "import", "--desk", str(DEPARTMENTS), "--replace", "--data-dir", str(shop.directory))
        if not self._staffed:
            return
        directory = str(shop.directory)
        till = Till([_script("yibao"), "headless", "--no-sender", "--data-dir", directory])
        till.open()
        self.tills[shop.name] = till
        self._ends.callback(till.close)
        self.start_sender(shop.name)
        self.until(f"{shop.name}: the line is up", lambda: self.sync_status(shop.name)["line"]["state"] == "up")


def _line(index: int, item: Item, count: int) -> dict[str, Any]:
    return {
        "feedetl_sn": str(index),
        "medins_list_codg": item.code,
        "name": item.name,
        "cnt": str(count),
        "pric": item.price,
        "chrgitm_lv": item.level,
        "selfpay_prop": item.first_pay,
        "goods_kind": item.kind,
    }


def _institution(shop: Shop) -> str:
    return f'[[institution]]\nfixmedins_code = "{shop.fixmedins_code}"\nvenue = "{shop.venue}"\nhosp_lv = "{_LEVEL}"\n'


def _settings(shop: Shop, port: str, clock: Path, seed: str, exchange_s: float) -> str:
    clinic = shop.venue is Venue.CLINIC
    return f"""[counter]
fixmedins_code = "{shop.fixmedins_code}"
fixmedins_name = "{"演示门诊部" if clinic else "演示药店"}（{shop.name}）"
admdvs = "{shop.admdvs}"
venue = "{shop.venue}"
hosp_lv = "{_LEVEL if clinic else ""}"
till = "01"
operator = "demo"
operator_name = "演示"

[centre]
url = "http://127.0.0.1:{port}/fsi/api/callService"
connect_s = {min(1, exchange_s)}
exchange_s = {exchange_s}
query_every_s = 0.2
hotlist_every_s = 1

[reader]
kind = "simulated"
slot_dir = "{shop.slot_dir.as_posix()}"

[ecert]
kind = "simulated"
url = "http://127.0.0.1:{port}/ecert/decode"

[clock]
file = "{clock.as_posix()}"

[demonstration]
seed = "{seed}"
"""


def _script(name: str) -> str:
    return str(Path(sys.executable).with_name(name))


def _replace(path: Path, text: str) -> None:
    """Write so that a reader sees the old or the new text, never half of it."""
    new = path.with_suffix(path.suffix + ".new")
    new.write_text(text, encoding="utf-8")
    new.replace(path)


def _end(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
