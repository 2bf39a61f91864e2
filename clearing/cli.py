"""``yibao-clearing``: the reference centre, its hotlist, and its ledger to read."""

from __future__ import annotations

import argparse
import json
import signal
import socket
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import platformdirs

from clearing import certificates, chains, people, reconcile
from clearing.database import Database
from clearing.errors import CardUnknown, PortTaken, Refused
from clearing.export import SCHEMA, export
from clearing.personality import Personality
from clearing.roster import enrol_all
from config.clock import Clock, clock_of
from config.entropy import SystemEntropy, entropy_of
from config.regions import policy_for
from config.telling import told
from settlement.errors import OperatorError, SettingsError

if TYPE_CHECKING:
    from fastapi import FastAPI

OK, FOUND, CONFIGURATION, NETWORK, REFUSED = 0, 1, 3, 5, 6
_GRACE_S = 3
_QUEUE = 512


def main(arguments: Sequence[str] | None = None) -> int:
    """Run ``yibao-clearing``."""
    return told(lambda: _main(arguments))


def _main(arguments: Sequence[str] | None) -> int:
    wanted = _parser().parse_args(arguments)
    commands = {
        "serve": _serve,
        "report-loss": _report_loss,
        "ecert": _ecert,
        "hotlist": _hotlist,
        "export": _export,
        "reconcile": _reconcile,
        "enrol-till": _enrol_till,
    }
    try:
        return commands[wanted.command](wanted)
    except OperatorError as error:
        sys.stderr.write(f"{error.say('zh')}\n{error.say('en')}\n")
        return _code(error)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="yibao-clearing", description="参考清算中心 / the reference clearing centre")
    commands = parser.add_subparsers(dest="command", required=True)

    def command(name: str, words: str) -> argparse.ArgumentParser:
        added = commands.add_parser(name, help=words)
        added.add_argument("--data-dir", type=Path, default=platformdirs.user_state_path("yibao-clearing"), help="where it keeps its books")
        return added

    serve = command("serve", "提供服务 / answer counters")
    serve.add_argument("--host", default="127.0.0.1")
    serve.add_argument("--port", type=int, default=8700, help="0 = any free port")
    serve.add_argument("--port-file", type=Path, help="written once it listens")
    serve.add_argument("--personality", choices=list(Personality), default=Personality.IDEMPOTENT, help="which kind of centre it is")
    serve.add_argument("--regions", type=Path, help="further region packs")
    serve.add_argument("--roster", type=Path, help="TOML file of the insured persons")
    serve.add_argument("--clock-file", default="", help="simulated time (demonstration)")
    serve.add_argument("--seed", default="", help="seed of its key (demonstration)")
    serve.add_argument("--think-s", type=float, default=0.0, metavar="SECONDS", help="time that each settlement takes")
    serve.add_argument("--sign-in-requests", type=int, default=25, metavar="N", help="with 'expires': requests that a sign-in lasts")
    serve.add_argument("--sign-in-minutes", type=int, default=30, metavar="N", help="with 'expires': minutes that a sign-in lasts")
    loss = command("report-loss", "挂失 / report a card lost")
    which = loss.add_mutually_exclusive_group(required=True)
    which.add_argument("--card-no", default="")
    which.add_argument("--certno", default="", help="every card of this person")
    loss.add_argument("--clock-file", default="", help="simulated time (demonstration)")
    phone = command("ecert", "某人手机上的医保电子凭证 / what a person's phone shows now: an e-certificate's code (simulated)")
    phone.add_argument("--certno", required=True)
    phone.add_argument("--clock-file", default="", help="simulated time (demonstration)")
    command("hotlist", "挂失名单 / cards reported lost").add_argument("--json", action="store_true")
    anew = command("enrol-till", "收银台重新登记 / take the next journal of a till as its own, after two were seen or one came back older")
    anew.add_argument("--fixmedins-code", required=True)
    anew.add_argument("--till", required=True)
    compared = command("reconcile", "对账 / a day beside what the institutions stated")
    compared.add_argument("--day", required=True, metavar="YYYY-MM-DD", help="day of the centre's time")
    compared.add_argument("--fixmedins-code", default="", help="one institution; else all")
    compared.add_argument("--json", action="store_true")
    command("export", "账目 / the whole ledger").add_argument("--json", action="store_true")
    return parser


def _serve(wanted: argparse.Namespace) -> int:
    clock = clock_of(wanted.clock_file)
    if wanted.port_file is not None:
        wanted.port_file.unlink(missing_ok=True)
    with Database(wanted.data_dir, create=True) as database, _listen(wanted.host, wanted.port) as listener:
        if wanted.roster is not None:
            with database.transaction() as db:
                enrol_all(db, wanted.roster, _moment(clock))
        app = _application(wanted, database, clock)
        if wanted.port_file is not None:
            fresh = wanted.port_file.with_suffix(".new")
            fresh.write_text(f"{listener.getsockname()[1]}\n", encoding="ascii")
            fresh.replace(wanted.port_file)
        _run(app, listener)
    return OK


def _application(wanted: argparse.Namespace, database: Database, clock: Clock) -> FastAPI:
    # The web framework costs a second: only the service pays it.
    from clearing.api import service  # noqa: PLC0415
    from clearing.centre import Centre  # noqa: PLC0415
    from clearing.desk import Signature, Validity  # noqa: PLC0415

    centre = Centre(
        database,
        clock,
        Signature(wanted.data_dir, entropy_of(wanted.seed)),
        partial(policy_for, directory=wanted.regions),
        personality=Personality(wanted.personality),
        sign_in=Validity(requests=wanted.sign_in_requests, minutes=wanted.sign_in_minutes),
    )
    return service(centre, think_s=wanted.think_s)


def _run(app: FastAPI, listener: socket.socket) -> None:
    import uvicorn  # noqa: PLC0415 - as above

    # uvicorn raises the signal that ended it once more; here the end is an end.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: None)
    quiet = uvicorn.Config(app, log_config=None, access_log=False, server_header=False, lifespan="off", timeout_graceful_shutdown=_GRACE_S)
    uvicorn.Server(quiet).run(sockets=[listener])


def _listen(host: str, port: int) -> socket.socket:
    try:
        listener = socket.create_server((host, port), backlog=_QUEUE)
    except (OSError, OverflowError) as error:
        raise PortTaken(address=f"{host}:{port}", why=getattr(error, "strerror", None) or str(error)) from error
    listener.setblocking(False)
    return listener


def _report_loss(wanted: argparse.Namespace) -> int:
    clock = clock_of(wanted.clock_file)
    with Database(wanted.data_dir) as database, database.transaction() as db:
        version = people.report_loss(db, card_no=wanted.card_no, certno=wanted.certno, at=_moment(clock))
    print(f"名单 / hotlist {version}")
    return OK


def _ecert(wanted: argparse.Namespace) -> int:
    clock = clock_of(wanted.clock_file)
    with Database(wanted.data_dir) as database, database.transaction() as db:
        try:
            insured = people.insured_by_certno(db, wanted.certno)
        except Refused as nobody:
            raise CardUnknown from nobody
        print(certificates.show(db, insured, SystemEntropy(), _moment(clock)))
    return OK


def _hotlist(wanted: argparse.Namespace) -> int:
    with Database(wanted.data_dir) as database, database.transaction() as db:
        version, numbers = people.hotlist(db)
    if wanted.json:
        print(json.dumps({"schema": SCHEMA, "version": version, "numbers": numbers}))
    else:
        print("\n".join([f"名单 / hotlist {version}", *numbers]))
    return OK


def _enrol_till(wanted: argparse.Namespace) -> int:
    with Database(wanted.data_dir) as database, database.transaction() as db:
        known = chains.enrol_anew(db, wanted.fixmedins_code, wanted.till)
    print("已重新登记 / enrolled anew" if known else "没有这个收银台的账本记录 / nothing is known of that till's journal")
    return OK if known else FOUND


def _reconcile(wanted: argparse.Namespace) -> int:
    with Database(wanted.data_dir) as database, database.transaction() as db:
        found = reconcile.reconcile(db, wanted.day, wanted.fixmedins_code)
    print(json.dumps(found, ensure_ascii=False) if wanted.json else reconcile.said(found))
    return OK if reconcile.agrees(found) else FOUND


def _export(wanted: argparse.Namespace) -> int:
    with Database(wanted.data_dir) as database, database.transaction() as db:
        ledger = export(db)
    if wanted.json:
        print(json.dumps(ledger, ensure_ascii=False))
    else:
        print(_said(ledger))
    return OK if ledger["balanced"] else FOUND


def _said(ledger: dict[str, object]) -> str:
    settlements, persons = ledger["settlements"], ledger["persons"]
    assert isinstance(settlements, list)
    assert isinstance(persons, list)
    state = "平 / balanced" if ledger["balanced"] else "不平 / NOT BALANCED"
    return f"{len(persons)} 人 / persons, {len(settlements)} 笔 / settlements, {state}; --json 看全部 / shows all"


def _moment(clock: Clock) -> str:
    return clock.now().strftime("%Y-%m-%d %H:%M:%S")


def _code(error: OperatorError) -> int:
    match error:
        case SettingsError():
            return CONFIGURATION
        case PortTaken():
            return NETWORK
        case CardUnknown():
            return REFUSED
        case _:
            return FOUND


if __name__ == "__main__":
    sys.exit(main())
