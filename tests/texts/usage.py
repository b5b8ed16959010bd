"""Where the code and the templates name messages."""

from __future__ import annotations

import ast
import dataclasses
import itertools
import re
from collections.abc import Iterator
from pathlib import Path

from jinja2 import Environment, nodes

BOT = Path(__file__).parents[2] / "bot"
PARTS = ("cli", "desk", "limits", "reply", "slack", "teams", "web")
_KEY = re.compile(rf"(?:{'|'.join(PARTS)})\\?\.(?!toml)")
_SOMETHING = r"[^.]+"


@dataclasses.dataclass(frozen=True)
class Use:
    """A message that is named somewhere: `pattern` matches its key, or all that it may be where it is put together.

    `values` are what fills it in; None where that can't be seen.
    """

    where: str
    pattern: str
    values: frozenset[str] | None = None

    def names(self, key: str) -> bool:
        """Is that the message, or may it be?"""
        return re.fullmatch(self.pattern, key) is not None


def uses() -> list[Use]:
    """All of them."""
    code = [use for path in sorted(BOT.rglob("*.py")) for use in _in_code(path)]
    return code + [use for path in sorted(BOT.rglob("*.html")) for use in _in_template(path)]


def _in_code(path: Path) -> Iterator[Use]:
    tree = ast.parse(path.read_text("utf-8"))
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    logged = {id(argument) for call in calls if _is_log(call.func) for argument in call.args}
    values = {id(argument): _keywords(call) for call in calls for argument in call.args if _is_text(call.func)}
    inside = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values}
    for node in ast.walk(tree):
        pattern = _pattern(node)
        if pattern and _KEY.match(pattern) and id(node) not in logged | inside:
            line = getattr(node, "lineno", 0)
            yield Use(f"{path.relative_to(BOT)}:{line}", pattern, values.get(id(node)))


def _pattern(node: ast.AST) -> str | None:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return re.escape(node.value)
    if isinstance(node, ast.JoinedStr):
        return "".join(_pattern(part) or _SOMETHING for part in node.values)
    return None


def _is_log(function: ast.expr) -> bool:
    return isinstance(function, ast.Attribute) and isinstance(function.value, ast.Name) and function.value.id == "log"


def _is_text(function: ast.expr) -> bool:
    name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
    return name in {"texts", "_texts", "t"}


def _keywords(call: ast.Call) -> frozenset[str] | None:
    names = [keyword.arg for keyword in call.keywords]
    return None if None in names else frozenset(filter(None, names))


def _in_template(path: Path) -> Iterator[Use]:
    for call in Environment(autoescape=True).parse(path.read_text("utf-8")).find_all(nodes.Call):
        if isinstance(call.node, nodes.Name) and call.node.name == "t":
            for pattern in _patterns(call.args[0]):
                yield Use(f"{path.name}:{call.lineno}", pattern, frozenset(kwarg.key for kwarg in call.kwargs))


def _patterns(node: nodes.Node) -> list[str]:
    """What an expression may come to."""
    if isinstance(node, nodes.Const):
        return [re.escape(str(node.value))]
    if isinstance(node, nodes.CondExpr):
        return [*_patterns(node.expr1), *(_patterns(node.expr2) if node.expr2 else [])]
    if isinstance(node, nodes.Concat):
        return ["".join(parts) for parts in itertools.product(*map(_patterns, node.nodes))]
    return [_SOMETHING]
