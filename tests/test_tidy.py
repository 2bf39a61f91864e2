"""House rules as tests: each breach names the file, the line and the cure."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT = Path(__file__).parents[1]
PACKAGES = ("settlement", "nhsa", "terminal", "offline_queue", "config", "clearing", "simulator")
LINES_MAX = 400
FUNCTION_LINES_MAX = 80

VAGUE = {"manager", "helper", "helpers", "util", "utils", "data", "info", "common", "misc", "handler", "stuff", "thing"}
NATIONAL = {"insuinfo", "setlinfo", "baseinfo", "mdtrtinfo", "cuminfo", "detlcutinfo", "druginfo"}
"""Names of the national interface stay as they are, also as classes."""
CLOCKS = {("datetime", "now"), ("datetime", "utcnow"), ("datetime", "today"), ("date", "today"), ("time", "time"), ("time", "time_ns")}
MONEY = re.compile(r"_fen\b|yuan|_amt\b|_pay\b|\bbalc\b|_sumamt\b", re.IGNORECASE)
SQL_CALLS = {"text", "execute", "executemany", "executescript", "exec_driver_sql"}
UNSAFE_MODULES = {"pickle", "marshal", "shelve"}

Breach = tuple[int, str]


@dataclass(frozen=True, slots=True)
class Source:
    """One Python file of ours, parsed."""

    path: Path
    text: str
    tree: ast.Module

    @property
    def is_test(self) -> bool:
        """Whether the file belongs to the tests or benchmarks."""
        return self.path.parts[0] in {"tests", "bench"}

    @property
    def is_entry_point(self) -> bool:
        """Whether the file is a command's own module, where output and last resorts belong."""
        return self.path.name in {"cli.py", "__main__.py"}

    def calls(self) -> Iterator[ast.Call]:
        """Walk all calls."""
        return (node for node in ast.walk(self.tree) if isinstance(node, ast.Call))

    def functions(self) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
        """Walk all functions and methods."""
        return (node for node in ast.walk(self.tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def stray_print(source: Source) -> Iterator[Breach]:
    """Output belongs to the commands."""
    if source.is_entry_point or source.path.parts[0] == "bench":
        return
    for call in source.calls():
        if isinstance(call.func, ast.Name) and call.func.id == "print":
            yield call.lineno, "print: return the text and let the command's cli.py write it"


def stray_clock(source: Source) -> Iterator[Breach]:
    """Time comes from the clock that a process was given."""
    if source.is_test or source.path.as_posix() == "config/clock.py":
        return
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name | ast.Attribute):
            owner = node.value.id if isinstance(node.value, ast.Name) else node.value.attr
            if (owner, node.attr) in CLOCKS:
                yield node.lineno, f"{owner}.{node.attr}: take a Clock (config/clock.py) as an argument"


def binary_money(source: Source) -> Iterator[Breach]:
    """Money never passes through a binary fraction."""
    if source.is_test:
        return
    for function in source.functions():
        if not MONEY.search(ast.get_source_segment(source.text, function) or ""):
            continue
        for node in ast.walk(function):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "float":
                yield node.lineno, "float( near money: keep integer fen (settlement/money.py)"
            if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div) and source.path.parts[0] == "settlement":
                yield node.lineno, "/ near money: divide_half_up rounds once and stays an integer"


def broad_except(source: Source) -> Iterator[Breach]:
    """A fault is caught where it is understood, else it ends the process."""
    for node in ast.walk(source.tree):
        if not isinstance(node, ast.ExceptHandler):
            continue
        if node.type is None:
            yield node.lineno, "bare except: name the error that you can mend"
        elif isinstance(node.type, ast.Name) and node.type.id in {"Exception", "BaseException"} and not source.is_entry_point:
            yield node.lineno, f"except {node.type.id}: only an entry point (cli.py) catches everything; name the error"


def mock(source: Source) -> Iterator[Breach]:
    """Fakes ship and are typed."""
    for node in ast.walk(source.tree):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        names += [f"{node.module}.{alias.name}" for alias in node.names] if isinstance(node, ast.ImportFrom) else []
        if any(name.startswith(("unittest.mock", "mock.")) or name == "mock" for name in names):
            yield getattr(node, "lineno", 0), "unittest.mock: write a small fake that ships and has the real thing's type"


def vague_name(source: Source) -> Iterator[Breach]:
    """A name says what the thing is."""
    named: list[tuple[int, str]] = [(1, source.path.stem)]
    named += [(node.lineno, node.name) for node in ast.walk(source.tree) if isinstance(node, ast.ClassDef)]
    named += [(function.lineno, function.name) for function in source.functions()]
    for line, name in named:
        words = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower().strip("_").split("_")
        if words[-1] in VAGUE and name.lower() not in NATIONAL:
            yield line, f"{name}: '{words[-1]}' says nothing; name what it is or does in the field's words"


def left_over(source: Source) -> Iterator[Breach]:
    """Work is finished or it is not there."""
    for number, line in enumerate(source.text.splitlines(), 1):
        if re.search(r"#\s*(TODO|FIXME|XXX|HACK)\b", line):
            yield number, "a note of unfinished work: finish it, or take it out and say so where the work is planned"
    for function in source.functions():
        if [type(statement) for statement in function.body if not isinstance(statement, ast.Expr)] == [ast.Pass]:
            yield function.lineno, f"{function.name} does nothing: do the work or leave the function out"


def unsafe_execution(source: Source) -> Iterator[Breach]:
    """Text is never run, and bytes from outside never build objects."""
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in {"eval", "exec"}:
            yield node.lineno, f"{node.func.id}: parse the text instead"
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
        if UNSAFE_MODULES & set(names):
            yield getattr(node, "lineno", 0), f"{names[0]}: keep JSON or TOML, which cannot run anything"


def formatted_sql(source: Source) -> Iterator[Breach]:
    """Values reach SQL as parameters. A PRAGMA takes none, so it is the one exception."""
    if source.is_test:
        return
    for call in source.calls():
        name = call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")
        if name not in SQL_CALLS or not call.args:
            continue
        sql = call.args[0]
        built = isinstance(sql, ast.JoinedStr) and any(isinstance(part, ast.FormattedValue) for part in sql.values)
        built |= isinstance(sql, ast.BinOp) and isinstance(sql.op, ast.Mod | ast.Add)
        built |= isinstance(sql, ast.Call) and getattr(sql.func, "attr", "") == "format"
        first = ast.get_source_segment(source.text, sql) or ""
        if built and not re.match(r"""f?["']+\s*PRAGMA """, first, re.IGNORECASE):
            yield call.lineno, f"{name} of built text: bind the value as a parameter"


def too_long(source: Source) -> Iterator[Breach]:
    """A file holds one thing, and a function fits a screen."""
    lines = source.text.count("\n")
    if lines > LINES_MAX:
        yield lines, f"{lines} lines: it holds two things; give each its own module"
    for function in source.functions():
        size = (function.end_lineno or function.lineno) - function.lineno + 1
        if size > FUNCTION_LINES_MAX:
            yield function.lineno, f"{function.name} has {size} lines: give its steps names of their own"


def idle_test(source: Source) -> Iterator[Breach]:
    """A test says what it checks and can fail."""
    if not source.path.name.startswith("test_"):
        return
    for function in source.functions():
        if not function.name.startswith("test_"):
            continue
        if not ast.get_docstring(function):
            yield function.lineno, f"{function.name}: say the behaviour in one line, in the present tense"
        body = ast.get_source_segment(source.text, function) or ""
        if not re.search(r"\bassert\b|raises|\b(expect|check|verify|compare)", body):
            yield function.lineno, f"{function.name} asserts nothing"


RULES: tuple[Callable[[Source], Iterator[Breach]], ...] = (
    stray_print,
    stray_clock,
    binary_money,
    broad_except,
    mock,
    vague_name,
    left_over,
    unsafe_execution,
    formatted_sql,
    too_long,
    idle_test,
)


def parse(path: Path, text: str) -> Source:
    """Parse one file of ours."""
    return Source(path, text, ast.parse(text))


def sources() -> Iterator[Source]:
    """Read every Python file of ours."""
    for folder in (*PACKAGES, "tests", "bench"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            yield parse(path.relative_to(ROOT), path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_house_rule(rule: Callable[[Source], Iterator[Breach]]) -> None:
    """No file of ours breaks the rule."""
    breaches = [f"{source.path}:{line}: {cure}" for source in sources() for line, cure in rule(source)]

    assert [] == breaches, "\n" + "\n".join(breaches)


@pytest.mark.parametrize(
    ("rule", "path", "text"),
    [
        (stray_print, "terminal/slip.py", "print('x')"),
        (stray_clock, "terminal/slip.py", "import datetime\ndatetime.datetime.now()"),
        (stray_clock, "nhsa/msgid.py", "import time\nstamp = time.time"),
        (binary_money, "clearing/ledger.py", "def pay(total_fen):\n    return float(total_fen)"),
        (binary_money, "settlement/split.py", "def pay(total_fen):\n    return total_fen / 2"),
        (broad_except, "terminal/slip.py", "try:\n    x = 1\nexcept:\n    x = 2"),
        (broad_except, "terminal/slip.py", "try:\n    x = 1\nexcept Exception:\n    x = 2"),
        (mock, "tests/test_x.py", "from unittest.mock import Mock"),
        (mock, "tests/test_x.py", "from unittest import mock"),
        (vague_name, "terminal/card_utils.py", ""),
        (vague_name, "terminal/slip.py", "class SlipManager: ..."),
        (vague_name, "terminal/slip.py", "def _read_data(): ..."),
        (left_over, "terminal/slip.py", "# TO" + "DO later"),
        (left_over, "terminal/slip.py", "def show():\n    '''Show.'''\n    pass"),
        (unsafe_execution, "nhsa/envelope.py", "eval('1')"),
        (unsafe_execution, "nhsa/envelope.py", "import pickle"),
        (formatted_sql, "clearing/ledger.py", "db.execute(f'SELECT {x}')"),
        (formatted_sql, "clearing/ledger.py", "text('SELECT %s' % x)"),
        (formatted_sql, "clearing/ledger.py", "text('SELECT {}'.format(x))"),
        (too_long, "terminal/slip.py", "x = 1\n" * 401),
        (too_long, "terminal/slip.py", "def f():\n" + "    x = 1\n" * 80),
        (idle_test, "tests/test_x.py", "def test_x():\n    '''Does nothing.'''\n    x = 1"),
        (idle_test, "tests/test_x.py", "def test_x():\n    assert x"),
    ],
)
def test_rule_finds_its_breach(rule: Callable[[Source], Iterator[Breach]], path: str, text: str) -> None:
    """Each rule finds the fault that it is there for, once."""
    assert 1 == len(list(rule(parse(Path(path), text))))


@pytest.mark.parametrize(
    ("rule", "path", "text"),
    [
        (stray_print, "terminal/cli.py", "print('x')"),
        (stray_clock, "config/clock.py", "import time\ntime.time()"),
        (binary_money, "clearing/pace.py", "def wait(pause_s):\n    return float(pause_s)"),
        (broad_except, "terminal/cli.py", "try:\n    x = 1\nexcept Exception:\n    x = 2"),
        (vague_name, "nhsa/pharmacy.py", "def setlinfo(): ..."),
        (vague_name, "offline_queue/wake.py", "def data_version(): ..."),
        (formatted_sql, "offline_queue/open.py", "db.execute(f'PRAGMA key = {key}')"),
        (formatted_sql, "offline_queue/open.py", "db.execute('SELECT ?', (x,))"),
    ],
)
def test_rule_lets_the_right_thing_pass(rule: Callable[[Source], Iterator[Breach]], path: str, text: str) -> None:
    """A rule does not cry at what is right."""
    assert [] == list(rule(parse(Path(path), text)))
