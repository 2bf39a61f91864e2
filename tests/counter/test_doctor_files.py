"""What the doctor says of the files beside the journal, and of a crash."""

from __future__ import annotations

import json
import os
import resource
from collections.abc import Callable
from pathlib import Path

import pytest

from config import log_file
from config.log_file import Events
from config.sections import Log
from offline_queue import operating_system
from terminal import doctor_files
from terminal.cli import main
from tests.journal.backups import backed_up, brought_back
from tests.journal.entries import ONE, opened

ROOT = Path(__file__).parents[2]


@pytest.fixture
def counter(tmp_path: Path) -> Path:
    """Return the data directory of a counter that has worked: a journal and a log."""
    opened(tmp_path).close()
    with log_file.opened(tmp_path, "till", Log()):
        Events("till").write("started")
    return tmp_path


def _states(directory: Path) -> dict[str, tuple[str, str]]:
    return {finding.subject: (finding.state, finding.code) for finding in doctor_files.findings(directory)}


def test_a_counter_as_it_should_be(counter: Path) -> None:
    """Key and logs are their owner's, the reserve is there, and no crash leaves a dump."""
    operating_system.forbid_core_dumps()

    assert {"key": ("ok", ""), "reserve": ("ok", ""), "logs": ("ok", ""), "core": ("ok", ""), "crypto": ("ok", "")} == _states(counter)


def _remove_key(directory: Path) -> None:
    (directory / "journal.key").unlink()


def _show_key(directory: Path) -> None:
    (directory / "journal.key").chmod(0o640)


def _use_reserve(directory: Path) -> None:
    (directory / "reserve").unlink()


def _cut_reserve(directory: Path) -> None:
    os.truncate(directory / "reserve", 4096)


def _show_log(directory: Path) -> None:
    (directory / "logs" / "till.log").chmod(0o644)


def _file_for_logs(directory: Path) -> None:
    for path in (directory / "logs").iterdir():
        path.unlink()
    (directory / "logs").rmdir()
    (directory / "logs").touch()


@pytest.mark.parametrize(
    ("spoil", "subject", "state", "code"),
    [
        (_remove_key, "key", "fault", "JOURNAL-WRONG-KEY"),
        (_show_key, "key", "fault", "JOURNAL-KEY-EXPOSED"),
        (_use_reserve, "reserve", "warning", "RESERVE-MISSING"),
        (_cut_reserve, "reserve", "warning", "RESERVE-MISSING"),
        (_show_log, "logs", "warning", "LOG-EXPOSED"),
        (_file_for_logs, "logs", "warning", "LOG-UNWRITABLE"),
    ],
)
def test_what_is_wrong_is_found(counter: Path, spoil: Callable[[Path], None], subject: str, state: str, code: str) -> None:
    """Each fault by its own code, and only that one."""
    before = _states(counter)
    spoil(counter)
    after = _states(counter)

    assert (state, code) == after.pop(subject)
    assert before.pop(subject)[0] == "ok"
    assert before == after


def test_a_process_that_may_leave_a_dump_is_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    """A soft limit above nothing is a fault, whatever the hard one is."""
    monkeypatch.setattr(resource, "getrlimit", lambda _: (4096, resource.RLIM_INFINITY))

    assert ("fault", "CORE-DUMPS") == _states(ROOT)["core"]


def test_a_restored_journal_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A counter that came back from a backup warns of what it may not do."""
    brought_back(tmp_path, backed_up(tmp_path, ONE))
    example = (ROOT / "deploy" / "settings.example.toml").read_text(encoding="utf-8")
    (tmp_path / "settings.toml").write_text(example, encoding="utf-8")

    main(["doctor", "--json", "--data-dir", str(tmp_path)])

    findings = {finding["subject"]: finding for finding in json.loads(capsys.readouterr().out)["findings"]}
    assert ("warning", "OFFLINE-RESTORED") == (findings["restored"]["state"], findings["restored"]["code"])
    assert "第 2 条" in findings["restored"]["zh"]
