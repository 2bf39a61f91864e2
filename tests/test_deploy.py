"""What ``deploy/`` installs: units and the menu entry name what exists, and do what they say."""

from __future__ import annotations

import configparser
import http.client
import re
import shlex
import shutil
import signal
import subprocess
import sys
import time
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.journal.entries import ONE, offline_sale, opened

ROOT = Path(__file__).parents[1]
DEPLOY = ROOT / "deploy"
SCRIPTS: dict[str, str] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["scripts"]
PROGRAMS = "/opt/yibao/.venv/bin"
UNITS = sorted(path.name for path in DEPLOY.iterdir() if path.suffix in {".service", ".timer"})
SERVICES = [name for name in UNITS if name.endswith(".service")]
HARDENED = {
    "NoNewPrivileges": "yes",
    "CapabilityBoundingSet": "",
    "ProtectSystem": "strict",
    "ProtectHome": "yes",
    "PrivateTmp": "yes",
    "PrivateDevices": "yes",
    "RestrictSUIDSGID": "yes",
    "StateDirectoryMode": "0700",
    "UMask": "0077",
    "LimitCORE": "0",
}
PATIENCE_S = 20.0


def _read(name: str) -> configparser.ConfigParser:
    parser = configparser.ConfigParser(interpolation=None, delimiters=("=",), comment_prefixes=("#",))
    parser.optionxform = str  # type: ignore[assignment, method-assign]
    parser.read_string((DEPLOY / name).read_text(encoding="utf-8"))
    return parser


def _command(name: str, state: Path) -> list[str]:
    """Return what a unit starts, with the installed programs and the state directory of a test."""
    words = shlex.split(_read(name)["Service"]["ExecStart"])
    return [word.replace(PROGRAMS, str(Path(sys.executable).parent)).replace("%S", str(state)) for word in words]


def _counter(state: Path) -> Path:
    directory = state / "yibao"
    directory.mkdir(parents=True)
    example = (DEPLOY / "settings.example.toml").read_text(encoding="utf-8")
    (directory / "settings.toml").write_text(example.replace("127.0.0.1:8700", "127.0.0.1:9"), encoding="utf-8")
    return directory


def test_units_are_there() -> None:
    """Sender, centre, and the backup with its timer."""
    assert ["yibao-clearing.service", "yibao-journal-backup.service", "yibao-journal-backup.timer", "yibao-sync.service"] == UNITS


@pytest.mark.parametrize("name", SERVICES)
def test_each_service_starts_a_command_of_ours_and_may_do_little(name: str) -> None:
    """The program is one that the wheel installs; it runs as its own user, writes only its state, and gains no right."""
    service = _read(name)["Service"]
    program = Path(shlex.split(service["ExecStart"])[0])

    assert (PROGRAMS, True) == (str(program.parent), program.name in SCRIPTS)
    assert HARDENED == {key: service.get(key) for key in HARDENED}
    assert service["User"].startswith("yibao")
    assert service["StateDirectory"].startswith(service["User"])
    assert "always" != service.get("Restart")


@pytest.mark.parametrize("name", UNITS)
def test_systemd_finds_no_fault(name: str, tmp_path: Path) -> None:
    """``systemd-analyze verify`` accepts the unit where it is installed."""
    verifier = shutil.which("systemd-analyze")
    if verifier is None:
        pytest.skip("no systemd-analyze here")
    for unit in UNITS:
        text = (DEPLOY / unit).read_text(encoding="utf-8").replace(PROGRAMS, str(Path(sys.executable).parent))
        (tmp_path / unit).write_text(text, encoding="utf-8")

    done = subprocess.run([verifier, "verify", "--man=no", str(tmp_path / name)], capture_output=True, text=True, check=False)

    about_ours = [line for line in done.stderr.splitlines() if "yibao" in line and "Failed to prepare filename" not in line]
    assert [] == about_ours
    assert 0 == done.returncode


def test_the_timer_is_of_the_backup() -> None:
    """It starts the service of its name, at a time that systemd understands, and is wanted at boot."""
    timer = _read("yibao-journal-backup.timer")
    calendar = timer["Timer"]["OnCalendar"]

    assert "yibao-journal-backup.service" in UNITS
    assert ("yes", "timers.target") == ({"true": "yes"}[timer["Timer"]["Persistent"]], timer["Install"]["WantedBy"])
    assert re.fullmatch(r"hourly|daily|[0-9*:.,/ -]+", calendar)


def test_the_backup_that_the_timer_starts(tmp_path: Path) -> None:
    """The command line of the unit, run as it stands, leaves one backup in the folder for them."""
    directory = _counter(tmp_path)
    (tmp_path / "yibao-backups").mkdir()
    with opened(directory) as journal:
        offline_sale(journal, ONE)

    done = subprocess.run(_command("yibao-journal-backup.service", tmp_path), capture_output=True, text=True, check=False)

    assert (0, "") == (done.returncode, done.stderr)
    assert ["P99010000001-01-1-00000002.backup"] == [path.name for path in (tmp_path / "yibao-backups").iterdir()]


def test_the_sender_that_the_unit_starts(tmp_path: Path) -> None:
    """It works until it is told to stop, and then ends well; settings that cannot be used end it with the code that stops restarts."""
    directory = _counter(tmp_path)
    sender = subprocess.Popen(_command("yibao-sync.service", tmp_path))
    _until((directory / "logs" / "sender.log").exists)
    _until(lambda: "started" in (directory / "logs" / "sender.log").read_text(encoding="utf-8"))
    sender.send_signal(signal.SIGTERM)
    assert 0 == sender.wait(timeout=PATIENCE_S)

    (directory / "settings.toml").write_text("[counter]\n", encoding="utf-8")
    done = subprocess.run(_command("yibao-sync.service", tmp_path), capture_output=True, check=False)
    assert str(done.returncode) == _read("yibao-sync.service")["Service"]["RestartPreventExitStatus"]


def test_the_centre_that_the_unit_starts(tmp_path: Path) -> None:
    """It answers, and ends well when it is told to stop."""
    port_file = tmp_path / "port"
    command = [*_command("yibao-clearing.service", tmp_path), "--port", "0", "--port-file", str(port_file)]
    centre = subprocess.Popen(command)
    _until(port_file.exists)
    asked = http.client.HTTPConnection("127.0.0.1", int(port_file.read_text(encoding="ascii")), timeout=PATIENCE_S)
    asked.request("GET", "/")
    assert asked.getresponse().status in {404, 405}
    asked.close()
    centre.send_signal(signal.SIGTERM)

    assert 0 == centre.wait(timeout=PATIENCE_S)


def _until(holds: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE_S
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.05)


def test_the_menu_entry() -> None:
    """In a terminal, under a name in both languages, with a command of ours and the data directory of the units."""
    entry = _read("yibao.desktop")["Desktop Entry"]
    words = shlex.split(entry["Exec"])

    assert ("Application", "true", "医保结算终端") == (entry["Type"], entry["Terminal"], entry["Name[zh_CN]"])
    assert entry["Name"].isascii()
    assert {key for key in entry if "[" in key} == {f"{key}[zh_CN]" for key in ("Name", "GenericName", "Comment", "Keywords")}
    assert ["env", "XDG_STATE_HOME=/var/lib", f"{PROGRAMS}/yibao"] == words
    assert entry["TryExec"] == words[-1]
    assert "yibao" in SCRIPTS
    validator = shutil.which("desktop-file-validate")
    if validator is not None:
        assert 0 == subprocess.run([validator, str(DEPLOY / "yibao.desktop")], check=False).returncode


def test_the_page_names_what_is_there() -> None:
    """Every file of the folder is explained, and every command and unit that is named exists."""
    text = (DEPLOY / "README.md").read_text(encoding="utf-8")
    named = set(re.findall(r"(?m)^\| (`.+?`(?:, `.+?`)*) \|", text))
    files = {name for cell in named for name in re.findall(r"`([^`]+)`", cell)}

    assert {path.name for path in DEPLOY.iterdir() if path.name != "README.md"} == files
    assert set(re.findall(r"\byibao-[a-z-]+\.(?:service|timer)", text)) == set(UNITS)
    commands = re.findall(r"(?m)^(?:ExecStart=\S+/)?(yibao(?:-[a-z]+)?) ", text) + re.findall(r"`(yibao(?:-[a-z]+)?) [a-z]", text)
    assert commands
    assert set(commands) <= set(SCRIPTS)
    assert re.search(r"[一-鿿]", text)
