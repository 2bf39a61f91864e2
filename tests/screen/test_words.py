"""The screen's words: all of them in both languages, and none painted past ``tr``."""

from __future__ import annotations

import ast
import gettext
import re
import string
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from terminal.screen import words
from tests import catalogue

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT = Path(__file__).parents[2]
HAN = re.compile(r"[\u2e80-\u3163\u3165-\u9fff\uf900-\ufaff\ufe30-\ufe4f\uff01-\uff9f\uffe0-\uffef\U00020000-\U0003ffff]")
"""Chinese characters and punctuation, without the blanks of Korean."""
LETTERS = re.compile(r"[A-Za-z]{2,}")
SAME_IN_BOTH = re.compile(r"ms|[kM]B|((Shift|Ctrl|Alt)[+ ])?(F\d{1,2}|Esc|Enter|Tab|Del|Ins|Home|End|PgUp|PgDn|[A-Z]|\d)", re.ASCII)
"""Keys and units."""
PAINTED = {
    "Span": (0,),
    "row": None,
    "Column": (0,),
    "boxed": (1,),
    "fit": (0,),
    "right": (0,),
    "notify": (0,),
    "say": (1,),
    "named_key": (0, 1),
    "StripItem": (),
    "Number": (),
    "Share": (),
    "KeyView": (),
}
"""Calls whose arguments are painted: which of them, ``None`` for all."""
PAINTED_BY_NAME = {"text", "title", "message", "label", "value", "short"}
PHRASES = "terminal/screen/refusals.py"
"""Holds phrases, which bring both languages."""
HAN_ALLOWED: dict[str, str] = {
    "。": "what an input method makes of the point on the number pad",
    "￥": "the sign of the currency, the same in both languages",
    "中文": "the language's own name, for who cannot read the other",
    "丰 = ": "the character that was measured, with its columns",
    "\r─\x1b[6n\r丰\x1b[6n\r\x1b[K": "what is drawn to measure",
    "（〔【《〈「『“‘": "marks that open",
    "，。、；：？！）〕】》〉」』”’…—％": "marks that close",
}
"""Literal → why it is no text to translate."""

SAYS = "tr", "trn"
Breach = tuple[int, str]


def literals(tree: ast.AST) -> Iterator[ast.Constant]:
    """Walk the string literals that are no docstring."""
    documented = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in documented:
            yield node


def name_of(call: ast.Call) -> str:
    """Return the bare name of what is called."""
    return call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")


def calls(tree: ast.AST, *names: str) -> Iterator[ast.Call]:
    """Walk the calls of these names."""
    return (node for node in ast.walk(tree) if isinstance(node, ast.Call) and name_of(node) in names)


def placeholders(text: str) -> set[str]:
    """Return the names in braces."""
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def chinese_literal(path: str, tree: ast.AST) -> Iterator[Breach]:
    """Chinese stands in the catalogue."""
    for node in literals(tree):
        text = str(node.value)
        if path != PHRASES and HAN.search(text) and text not in HAN_ALLOWED:
            yield node.lineno, f'{text!r}: write tr("…") in English and its Chinese into the catalogue, or say in HAN_ALLOWED why not'


def painted_past_tr(_: str, tree: ast.AST) -> Iterator[Breach]:
    """What a person reads has passed ``tr``."""

    def shown(node: ast.AST) -> Iterator[ast.Constant]:
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node
        elif isinstance(node, ast.JoinedStr | ast.BinOp | ast.BoolOp | ast.Starred | ast.List | ast.Tuple):
            for child in ast.iter_child_nodes(node):
                yield from shown(child)
        elif isinstance(node, ast.IfExp):
            yield from (*shown(node.body), *shown(node.orelse))

    for call in calls(tree, *PAINTED):
        places = PAINTED[name_of(call)]
        arguments = call.args if places is None else [call.args[place] for place in places if place < len(call.args)]
        arguments += [word.value for word in call.keywords if word.arg in PAINTED_BY_NAME]
        for node in (literal for argument in arguments for literal in shown(argument)):
            text = str(node.value)
            if LETTERS.search(text) and not SAME_IN_BOTH.fullmatch(text.strip()):
                yield node.lineno, f"{text!r} is painted as it stands: tr({text!r})"


def unsaid_message(_: str, tree: ast.AST) -> Iterator[Breach]:
    """The extraction reads the source: it sees literals only."""
    for call in calls(tree, "trn"):
        pair = [argument.value for argument in call.args[:2] if isinstance(argument, ast.Constant) and isinstance(argument.value, str)]
        if len(pair) != 2 or len(call.args) != 3 or call.keywords or placeholders(pair[0]) != placeholders(pair[1]):
            yield call.lineno, "trn takes the words for one and for many, with the same names in braces, and how many"
    for call in calls(tree, "tr"):
        if len(call.args) != 1 or call.keywords or not (isinstance(call.args[0], ast.Constant) and isinstance(call.args[0].value, str)):
            yield call.lineno, 'tr takes one literal: choose between several tr("…"), and fill in with .format after it'


def said_by(function: ast.AST) -> dict[str, list[ast.Call]]:
    """Return which names of a function hold a message: ``text = tr("…")``."""
    held: dict[str, list[ast.Call]] = {}
    for node in ast.walk(function):
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call) and name_of(node.value) in SAYS:
            for target in node.targets:
                if isinstance(target, ast.Name):
                    held.setdefault(target.id, []).append(node.value)
    return held


def fillings(tree: ast.AST) -> Iterator[tuple[ast.Call, ast.Call]]:
    """Walk the messages with the ``.format`` that fills each, at once or by its name in the same function."""
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    for scope in (tree, *functions):
        held = said_by(scope) if scope is not tree else {}
        for call in calls(scope, "format"):
            filled = call.func.value if isinstance(call.func, ast.Attribute) else None
            if isinstance(filled, ast.Name):
                before = [message for message in held.get(filled.id, []) if message.lineno <= call.lineno]
                yield from ((message, call) for message in before[-1:])
            elif scope is tree and isinstance(filled, ast.Call) and name_of(filled) in SAYS:
                yield filled, call


def misfilled_message(_: str, tree: ast.AST) -> Iterator[Breach]:
    """A message with places to fill is filled, with the names that it has."""
    filled: set[int] = set()
    for message, call in fillings(tree):
        filled.add(id(message))
        text = next(argument.value for argument in message.args if isinstance(argument, ast.Constant))
        given = {word.arg for word in call.keywords}
        if None not in given and given != placeholders(str(text)):
            yield call.lineno, f"{text!r} is filled with {sorted(map(str, given))}: use the names in its braces"
    for call in calls(tree, *SAYS):
        said = call.args[0] if call.args else None
        if id(call) not in filled and isinstance(said, ast.Constant) and "{" in str(said.value):
            yield call.lineno, f"{said.value!r} is never filled: call .format(…) on it"


RULES: tuple[Callable[[str, ast.AST], Iterator[Breach]], ...] = (chinese_literal, painted_past_tr, unsaid_message, misfilled_message)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_rule_of_words(rule: Callable[[str, ast.AST], Iterator[Breach]]) -> None:
    """No module of the screen breaks the rule."""
    paths = {path.relative_to(ROOT).as_posix(): path for path in sorted((ROOT / "terminal" / "screen").rglob("*.py"))}
    trees = {name: ast.parse(path.read_text(encoding="utf-8")) for name, path in paths.items()}

    breaches = [f"{name}:{line}: {cure}" for name, tree in trees.items() for line, cure in rule(name, tree)]

    assert [] == breaches, "\n" + "\n".join(breaches)


def test_each_exception_is_needed() -> None:
    """What is allowed to be no message still stands somewhere."""
    trees = [ast.parse(path.read_text(encoding="utf-8")) for path in (ROOT / "terminal" / "screen").rglob("*.py")]

    assert set() == HAN_ALLOWED.keys() - {str(node.value) for tree in trees for node in literals(tree)}


@pytest.mark.parametrize(
    ("rule", "text"),
    [
        (chinese_literal, "x = '合计'"),
        (chinese_literal, "x = f'{y}（元）'"),
        (painted_past_tr, "Span('Total', 'strong')"),
        (painted_past_tr, "Span(f'{n} lines')"),
        (painted_past_tr, "row('Total', Span(amount))"),
        (painted_past_tr, "boxed(rows, 'Split', 30, 5)"),
        (painted_past_tr, "Span('Yes' if x else y)"),
        (painted_past_tr, "Column(title='Goods')"),
        (painted_past_tr, "self.app.notify('Card removed')"),
        (painted_past_tr, "self.say('ok', 'Ready')"),
        (painted_past_tr, "StripItem(label='Reader', value=word, short='')"),
        (unsaid_message, "tr(text)"),
        (unsaid_message, "tr(f'{n} lines')"),
        (unsaid_message, "tr('a', 'b')"),
        (unsaid_message, "trn('a line', '{n} lines', n).format(n=n)"),
        (unsaid_message, "trn('{n} line', '{n} lines').format(n=n)"),
        (misfilled_message, "trn('{n} line', '{n} lines', n).format(count=n)"),
        (misfilled_message, "trn('{n} line', '{n} lines', n)"),
        (misfilled_message, "tr('{n} lines').format(count=n)"),
        (misfilled_message, "tr('{n} lines')"),
        (misfilled_message, "def f():\n    text = tr('{n} lines')\n    return text.format(count=n)"),
        (misfilled_message, "def f():\n    text = tr('{n} lines')\ndef g(text):\n    return text.format(n=3)"),
    ],
)
def test_rule_finds_its_breach(rule: Callable[[str, ast.AST], Iterator[Breach]], text: str) -> None:
    """Each rule finds the fault that it is there for, once."""
    assert 1 == len(list(rule("terminal/screen/bill.py", ast.parse(text))))


@pytest.mark.parametrize(
    "text",
    [
        "'''合计'''\nx = 1",
        "Span('F8', 'key')",
        "Span(tr('Total'), 'strong')",
        "Span(f'{amount} ×', 'huge_cash')",
        "row(' ' * gap, Span(tr('{n} lines').format(n=3)))",
        "Span(trn('{n} line', '{n} lines', 1).format(n=1))",
        "Span(names['total'])",
        "def f():\n    text = tr('{n} lines')\n    return Span(text.format(n=3))",
        "Span(f'{took} ms')",
    ],
)
def test_rules_let_the_right_thing_pass(text: str) -> None:
    """No rule cries at what is right."""
    assert [] == [breach for rule in RULES for breach in rule("terminal/screen/bill.py", ast.parse(text))]


def test_each_message_has_its_chinese() -> None:
    """Whatever a ``tr`` asks for stands in the catalogue, translated."""
    missing = sorted(catalogue.spoken(catalogue.sources()) - catalogue.known(catalogue.CATALOGUE.read_bytes()).keys(), key=catalogue.first)

    assert [] == missing, "append each with its Chinese to the catalogue, then `make words`"


def test_catalogue_is_as_make_words_leaves_it() -> None:
    """The file is sorted, holds nothing twice, nothing out of use and nothing fuzzy."""
    text = catalogue.CATALOGUE.read_bytes()
    asked = catalogue.spoken(catalogue.sources())

    unused = sorted(catalogue.known(text).keys() - asked, key=catalogue.first)

    assert [] == unused, 'no tr asks for these any more: `make words ARGS="--prune"`'
    assert catalogue.written(catalogue.merged(asked, catalogue.known(text))).decode() == text.decode(), "run `make words`"


def test_compiled_catalogue_is_up_to_date() -> None:
    """What the counter reads is what the catalogue says."""
    said = catalogue.known(catalogue.CATALOGUE.read_bytes())

    assert catalogue.compiled(catalogue.merged(set(said), said)) == catalogue.COMPILED.read_bytes(), "run `make words`"


def test_both_languages_fill_in_the_same() -> None:
    """An amount that one language shows is not missing in the other, and each message is of one language."""
    said = catalogue.known(catalogue.CATALOGUE.read_bytes())

    assert [] == [message for message, chinese in said.items() if placeholders(catalogue.first(message)) != placeholders(chinese)]
    assert [] == [message for message in said if HAN.search(str(message))], "the message id is English"


def test_extraction_looks_everywhere() -> None:
    """A message inside an f-string or as the filling of another one is found."""
    text = "f'{tr(\"in a string\")}: {x}'\ntr('of {kind}').format(kind=tr('a kind'))\nstr('no message')\ntrn('{n} line', '{n} lines', 2)"

    assert {"in a string", "of {kind}", "a kind", ("{n} line", "{n} lines")} == catalogue.asked_in(text)


def test_merging_loses_no_translation() -> None:
    """Of an entry given twice the later one counts; one out of use waits until it is dropped, and comes back with its words."""
    entries = [("", ""), ("Cash", ""), ("Cash", "现金"), ("Old", "旧")]
    given = "\n".join(f'msgid "{message}"\nmsgstr "{chinese}"\n' for message, chinese in entries).encode()

    first = catalogue.written(catalogue.merged({"Cash", "New"}, catalogue.known(given)))
    again = catalogue.merged({"Cash", "Old"}, catalogue.known(first))
    pruned = catalogue.merged({"Cash"}, catalogue.known(first), prune=True)

    assert b'#~ msgid "Old"' in first
    assert {"Cash": "现金", "Old": "旧"} == {str(message.id): message.string for message in again if message.id}
    assert b"Old" not in catalogue.written(pruned)


def test_catalogue_names_nobody_and_no_day() -> None:
    """Neither file holds what changes by itself."""
    read = gettext.translation(words.DOMAIN, words.LOCALE, languages=["zh_CN"])

    assert isinstance(read, gettext.GNUTranslations)
    assert {name.lower(): value for name, value in catalogue.HEADER.items()} == read.info()
    assert not re.search(rb"\w@\w|POT-Creation|Revision-Date", catalogue.CATALOGUE.read_bytes() + catalogue.COMPILED.read_bytes())


def test_words_are_spoken_in_the_language_in_use() -> None:
    """Chinese comes from the catalogue, English is the message itself."""
    before = words.language()
    try:
        words.use("zh")
        chinese = words.tr("[OK]")
        words.use("en")
        english = words.tr("[OK]")
    finally:
        words.use(before)

    assert ("[正常]", "[OK]") == (chinese, english)


@pytest.mark.parametrize(("n", "english"), [(0, "0 kinds"), (1, "1 kind"), (2, "2 kinds")])
def test_one_is_told_from_many(n: int, english: str) -> None:
    """English has a form for one, Chinese the same for any number."""
    before = words.language()
    try:
        words.use("zh")
        chinese = words.trn("{kinds} kind", "{kinds} kinds", n).format(kinds=n)
        words.use("en")
        said = words.trn("{kinds} kind", "{kinds} kinds", n).format(kinds=n)
    finally:
        words.use(before)

    assert (f"{n} 种", english) == (chinese, said)


def test_merging_keeps_one_and_many_together() -> None:
    """A message of two forms goes through the file and comes back with its Chinese, also while it is out of use."""
    pair = ("{n} line", "{n} lines")
    given = 'msgid ""\nmsgstr ""\n\nmsgid "{n} line"\nmsgid_plural "{n} lines"\nmsgstr[0] "{n} 项"\n'.encode()

    used = catalogue.written(catalogue.merged({pair}, catalogue.known(given)))
    unused = catalogue.written(catalogue.merged({"Cash"}, catalogue.known(given)))

    assert {pair: "{n} 项"} == catalogue.known(used) == catalogue.known(unused)
