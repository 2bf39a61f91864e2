"""Kill -9 of a restore at every step on the disk, and what its command says."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from offline_queue import journal_command
from offline_queue.journal.care_errors import RestoreUnfinished
from offline_queue.journal.verify import verify
from tests.journal.backups import backed_up, brought_back, files
from tests.journal.entries import ONE, TWO, offline_sale, opened

ROOT = Path(__file__).parents[2]
SETTINGS = (ROOT / "deploy" / "settings.example.toml").read_text(encoding="utf-8")
KILLED = """
import os, signal, sys
from pathlib import Path
from config.entropy import SeededEntropy
from offline_queue import operating_system
from offline_queue.journal import restore
from tests.journal.entries import COUNTER, Hand

directory, file, last = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
steps = 0

def struck(step):
    def taken(*given, **named):
        global steps
        steps += 1
        if steps == last:
            os.kill(os.getpid(), signal.SIGKILL)
        return step(*given, **named)
    return taken

for name in ("lock", "make_private", "copy_private", "flush_file", "flush_directory", "move", "write_private", "make_reserve"):
    setattr(operating_system, name, struck(getattr(operating_system, name)))
restore.restore(directory, file, counter=COUNTER, clock=Hand(), entropy=SeededEntropy("r"), force=True)
print(steps)
"""


def _killed(directory: Path, file: Path, step: int) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", KILLED, str(directory), str(file), str(step)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def test_killed_at_any_step_it_leaves_the_old_or_the_new(tmp_path: Path) -> None:
    """Kill -9 before each step on the disk: the till opens the whole old journal or the whole restored one, with its anchor."""
    file = backed_up(tmp_path / "was", ONE)
    with opened(tmp_path / "was") as journal:
        offline_sale(journal, TWO)
        shutil.copytree(tmp_path / "was", tmp_path / "old", ignore=shutil.ignore_patterns("*-shm", "*.lock"))
    shutil.copytree(tmp_path / "old", tmp_path / "whole")
    steps = int(_killed(tmp_path / "whole", file, 0).stdout)
    counts = []
    for step in range(1, steps + 1):
        directory = tmp_path / str(step)
        shutil.copytree(tmp_path / "old", directory)
        assert -signal.SIGKILL == _killed(directory, file, step).returncode
        decided = (directory / "restore.ready").exists()
        if decided:
            with pytest.raises(RestoreUnfinished):
                opened(directory, "reader")
        with opened(directory) as journal:
            counts.append(journal.tip()[0])
            assert () == verify(journal).faults
            assert (counts[-1], bool(journal.restored)) in {(4, False), (3, True)}
            assert not decided or journal.restored
        shutil.rmtree(directory)

    assert counts == sorted(counts, reverse=True)
    assert {3, 4} == set(counts)
    assert steps > 20


def test_a_restore_may_be_run_again_after_a_kill(tmp_path: Path) -> None:
    """Whatever an interrupted one left, the next one finishes it and goes on; the oldest files are still there."""
    file = backed_up(tmp_path, ONE)
    with opened(tmp_path) as journal:
        offline_sale(journal, TWO)
    shutil.copytree(tmp_path, tmp_path / "whole")
    steps = int(_killed(tmp_path / "whole", file, 0).stdout)
    for step in (steps // 3, steps // 2, steps - 8, steps - 2):
        _killed(tmp_path, file, step)

    brought_back(tmp_path, file, force=True)

    with opened(tmp_path) as journal:
        assert (3, ()) == (journal.tip()[0], verify(journal).faults)
    assert (tmp_path / "before-restore-00000004" / "journal.db").exists()
    assert (tmp_path / "before-restore-00000004" / "journal.head").exists()


def test_the_command_says_what_a_restored_till_may_do(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Where it was restored, what is known to be lost, where the old files are, and what is refused from now on."""
    (tmp_path / "settings.toml").write_text(SETTINGS, encoding="utf-8")
    file = backed_up(tmp_path, ONE)
    with opened(tmp_path) as journal:
        offline_sale(journal, TWO)
    arguments = ["restore", str(file), "--data-dir", str(tmp_path)]
    assert 1 == journal_command.main(arguments)
    assert "RESTORE-LOSES-RECORDS" in capsys.readouterr().err

    assert 0 == journal_command.main([*arguments, "--force"])

    said = capsys.readouterr().out
    for part in (
        "已恢复到第 2 条",
        "已知丢失 2 条",
        "before-restore-00000004",
        "不可以：脱机扣账户",
        "It may not: use the account off-line",
    ):
        assert part in said
    assert 0 == journal_command.main([*arguments, "--force", "--json"])
    said = json.loads(capsys.readouterr().out)
    assert (2, 3, 1) == (said["count"], said["known"], said["lost_known"])


def test_the_command_needs_the_settings(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Whose till it is stands in the settings: without them, exit code 3 and nothing touched."""
    file = backed_up(tmp_path, ONE)
    before = files(tmp_path)

    assert 3 == journal_command.main(["restore", str(file), "--data-dir", str(tmp_path)])
    assert "SETTINGS-FILE-MISSING" in capsys.readouterr().err
    assert before == files(tmp_path)


LIMITED = """
import resource, sys
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[1]), int(sys.argv[1])))
from offline_queue.journal_command import main
sys.exit(main(sys.argv[2:]))
"""


@pytest.mark.parametrize("share", [0.5, 1.0])
def test_a_disk_that_fails_leaves_the_old(tmp_path: Path, share: float) -> None:
    """Without room for the copy, or for the one record more: exit code 1, both languages, and every file as it was."""
    (tmp_path / "settings.toml").write_text(SETTINGS, encoding="utf-8")
    file = backed_up(tmp_path, *(f"P990100000012026030209{number:02d}000100" for number in range(30)))
    before, room = files(tmp_path), int(file.stat().st_size * share)
    command = [sys.executable, "-c", LIMITED, str(room), "restore", str(file), "--data-dir", str(tmp_path)]

    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)

    assert (1, "", 2) == (done.returncode, done.stdout, len(done.stderr.splitlines()))
    assert "JOURNAL-" in done.stderr
    assert before == files(tmp_path)
    assert not [path.name for path in tmp_path.iterdir() if path.name.startswith(("restore", "before"))]
