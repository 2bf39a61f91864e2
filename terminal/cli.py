"""``yibao``: the till and what goes with it."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable

from config.telling import told, unread
from offline_queue import process
from settlement.errors import CardError, CentreError, OperatorError, SettingsError

OK, FOUND, USAGE, CONFIGURATION, DEVICE, NETWORK, REFUSED, LATER = 0, 1, 2, 3, 4, 5, 6, 75


def main(arguments: list[str] | None = None) -> int:
    """Run ``yibao``. Every command loads only what it needs."""
    return told(lambda: _main(arguments))


def _main(arguments: list[str] | None) -> int:
    parser = argparse.ArgumentParser(prog="yibao", description="医保结算终端 / medical-insurance settlement terminal")
    commands = parser.add_subparsers(dest="command", required=True)
    given = sys.argv[1:] if arguments is None else arguments
    if not given or (given[0].startswith("-") and given[0] not in {"-h", "--help"}):
        # The till itself is the command without a word.
        given = ["till", *given]
    for name, load in _COMMANDS.items():
        # argparse needs the chosen command in full and of the others only the name.
        if given[:1] == [name] or given[0].startswith("-"):
            load(commands)
        else:
            commands.add_parser(name)
    wanted = parser.parse_args(given)
    run: Callable[[argparse.Namespace], int] = wanted.run
    try:
        process.forbid_core_dumps()
        return run(wanted)
    except OperatorError as error:
        sys.stderr.write(f"{error.say('zh')}\n{error.say('en')}\n")
        return _exit_code(error)
    except Exception as error:
        if unread(error):
            raise
        # The one place for what nobody foresaw.
        return _crashed(error, wanted)


def _crashed(error: Exception, wanted: argparse.Namespace) -> int:
    from config.crash import report  # noqa: PLC0415
    from config.settings import data_directory  # noqa: PLC0415

    return report(error, getattr(wanted, "data_dir", None) or data_directory(None), getattr(wanted, "log", "commands"))


def _exit_code(error: OperatorError) -> int:
    for kind, code in ((SettingsError, CONFIGURATION), (CardError, DEVICE), (CentreError, NETWORK)):
        if isinstance(error, kind):
            return code
    return FOUND


def _settle(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    from terminal import settle_command  # noqa: PLC0415

    settle_command.add_parser(commands)


def _demo(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    from terminal.demo import command  # noqa: PLC0415

    command.add_parser(commands)


def _versus(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    from terminal.demo.versus import command  # noqa: PLC0415

    command.add_parser(commands)


def _headless(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    from terminal import headless  # noqa: PLC0415

    headless.add_parser(commands)


def _doctor(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    from terminal import doctor  # noqa: PLC0415

    doctor.add_parser(commands)


def _catalogue(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    from terminal import catalogue_command  # noqa: PLC0415

    catalogue_command.add_parser(commands)


def _try(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    from terminal.demo import try_command  # noqa: PLC0415

    try_command.add_parser(commands)


def _log(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    from terminal import log_command  # noqa: PLC0415

    log_command.add_parser(commands)


def _till(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    from terminal import till_command  # noqa: PLC0415

    till_command.add_parser(commands)


def _setup(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    from terminal import setup_command  # noqa: PLC0415

    setup_command.add_parser(commands)


def _train(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    from terminal.demo import train_command  # noqa: PLC0415

    train_command.add_parser(commands)


def _pay(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    from terminal import pay_command  # noqa: PLC0415

    pay_command.add_pay(commands)


def _status(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    from terminal import pay_command  # noqa: PLC0415

    pay_command.add_status(commands)


_COMMANDS = {
    "till": _till,
    "setup": _setup,
    "pay": _pay,
    "status": _status,
    "catalogue": _catalogue,
    "settle": _settle,
    "demo": _demo,
    "versus": _versus,
    "headless": _headless,
    "doctor": _doctor,
    "log": _log,
    "try": _try,
    "train": _train,
}
