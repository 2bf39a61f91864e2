"""What may be imported where, as it really is at run time.

The import contracts in ``pyproject.toml`` read the source; these tests look at a fresh interpreter, where a
deferred or conditional import shows.
"""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PURE = {
    "__future__",
    "abc",
    "calendar",  # the length of a month
    "collections",
    "dataclasses",
    "datetime",  # its values; the rule on clocks is in test_tidy.py
    "decimal",
    "enum",
    "fractions",
    "functools",
    "hashlib",  # a hash of what is given is arithmetic
    "itertools",
    "json",  # text of what is given
    "math",
    "operator",
    "re",
    "types",
    "typing",
    "unicodedata",
}
"""Standard-library modules that compute and do nothing else."""


def modules_of(package: str) -> list[str]:
    """Name every module of one of our packages."""
    paths = sorted((ROOT / package).rglob("*.py"))
    return [".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__") for path in paths]


def modules_loaded_by(modules: list[str]) -> set[str]:
    """Import ``modules`` in a fresh interpreter and return all that is then loaded."""
    program = "import importlib, json, sys\nfor name in sys.argv[1:]: importlib.import_module(name)\nprint(json.dumps(list(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", program, *modules], capture_output=True, text=True, check=False, cwd=ROOT)
    assert done.returncode == 0, done.stderr
    return set(json.loads(done.stdout))


def loaded_by(modules: list[str]) -> set[str]:
    """Import ``modules`` in a fresh interpreter and return the packages that are then loaded."""
    return {name.partition(".")[0] for name in modules_loaded_by(modules)}


@pytest.mark.parametrize("path", sorted((ROOT / "settlement").rglob("*.py")), ids=lambda path: str(path.relative_to(ROOT)))
def test_settlement_imports_only_what_computes(path: Path) -> None:
    """The decisions import themselves and a short list of the standard library: no I/O, clock, randomness or logging."""
    imported: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            imported |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path.name}:{node.lineno}: import by the full name"
            imported.add((node.module or "").partition(".")[0])

    assert set() == imported - PURE - {"settlement"}


def test_settlement_loads_nothing_from_elsewhere() -> None:
    """With every decision imported, no third-party module and none of our other packages is loaded."""
    startup = loaded_by([])

    foreign = loaded_by(modules_of("settlement")) - startup - {"settlement"} - set(sys.stdlib_module_names)

    assert set() == foreign


def test_the_till_loads_no_http_client_and_no_centre() -> None:
    """With every module of the till imported, nothing that could open a connection to the centre is loaded.

    ``terminal.cards.pcsc`` needs the reader library, which a machine without a reader does not have.
    """
    modules = [name for name in modules_of("terminal") if name != "terminal.cards.pcsc"]
    assert "terminal" in modules

    assert set() == loaded_by(modules) & {"httpx", "httpcore", "uvicorn", "fastapi", "starlette", "clearing", "requests", "aiohttp"}


def test_the_sender_loads_no_screen_and_no_card() -> None:
    """With every module of journal and sender imported, neither screen nor reader nor centre is loaded."""
    assert set() == loaded_by(modules_of("offline_queue")) & {"textual", "smartcard", "terminal", "clearing", "simulator", "fastapi"}


def test_the_centre_loads_nothing_of_a_counter() -> None:
    """With every module of the centre imported, nothing of till, journal or card is loaded."""
    assert set() == loaded_by(modules_of("clearing")) & {"terminal", "offline_queue", "simulator", "smartcard", "textual", "httpx"}


def test_the_card_loads_only_its_tables_of_the_till() -> None:
    """The simulated card is no part of the till: it shares the tables of the specification."""
    ours = {name for name in modules_loaded_by(modules_of("simulator")) if name.partition(".")[0] == "terminal"}

    assert {name for name in ours if not name.startswith("terminal.cards.ldt")} <= {"terminal", "terminal.cards"}
