"""Having the product make a mistake: a function's code is exchanged for that of a copy in which some words are others, and put back."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from importlib import import_module
from importlib.machinery import SourceFileLoader
from inspect import unwrap
from pathlib import Path
from types import CodeType
from typing import Any

from tests.world.town.mistakes import MISTAKES, Mistake


@contextmanager
def planted(mistake: Mistake) -> Iterator[None]:
    """Have the product make ``mistake`` for as long as this lasts."""
    module = import_module(mistake.module)
    with ExitStack() as put_back:
        function = _function(module, mistake.function)
        right = function.__code__
        put_back.callback(setattr, function, "__code__", right)
        function.__code__ = _code(module, mistake)
        yield


def _function(module: Any, qualname: str) -> Any:  # noqa: ANN401 - a function of any kind
    found: Any = module
    for name in qualname.split("."):
        found = vars(found)[name]
    function: Any = found.fget if isinstance(found, property) else found
    return unwrap(function)


def _code(module: Any, mistake: Mistake) -> CodeType:  # noqa: ANN401 - a module
    path = Path(module.__file__)
    source = path.read_text(encoding="utf-8")
    segment = ast.get_source_segment(source, _node(ast.parse(source), mistake.function)) or ""
    assert segment.count(mistake.right) == 1, f"{mistake.name}: stands {segment.count(mistake.right)} times in {mistake.function}"
    assert source.count(segment) == 1
    wrong = source.replace(segment, segment.replace(mistake.right, mistake.wrong))
    whole = SourceFileLoader(module.__name__, str(path)).source_to_code(wrong.encode(), str(path))
    return next(code for code in _nested(whole) if code.co_qualname == mistake.function)


def _node(tree: ast.Module, qualname: str) -> ast.AST:
    found: Any = tree
    for name in qualname.split("."):
        found = next(node for node in found.body if getattr(node, "name", "") == name)
    return found  # type: ignore[no-any-return]


def _nested(code: CodeType) -> Iterator[CodeType]:
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield constant
            yield from _nested(constant)


if __name__ == "__main__":
    for one in MISTAKES:
        with planted(one):
            sys.stdout.write(f"{one.name}\n")
