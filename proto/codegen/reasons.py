"""The reasons that requests are refused with, read from the code that refuses them: what each page of help leads to.

A reason stands in the code beside the sentence that people get. It is found where a refusal is made,
as in ``invalid("TEXT_TOO_SHORT", "...")`` and ``Problem(413, "BODY_TOO_LARGE", detail)``, in tables of reasons and
sentences, and by its name alone in what a docstring promises after ``Errors:``.
"""

import ast
import itertools
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
WRITTEN = ROOT / "proto" / "gen" / "smartcity" / "reasons.py"
MADE_IN = ("services", "gateway")
"""Whose code refuses requests."""
_NAME = re.compile(r"[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*")
_PROMISED = re.compile(r"\b[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+\b")
_STATUS = {
    "INVALID": 422,
    "UNAUTHENTICATED": 401,
    "FORBIDDEN": 403,
    "NOT_FOUND": 404,
    "CONFLICT": 409,
    "STALE": 412,
    "IN_FLIGHT": 409,
    "EXHAUSTED": 429,
    "PRECONDITION": 409,
    "UNAVAILABLE": 503,
    "KEY_REUSED": 422,
}
"""What each kind of ``services.kit.errors`` becomes over HTTP."""
_MAKERS = {*(kind.lower() for kind in _STATUS), "DomainError", "Problem", "_refused", "refused", "_abort"}
_GAP = "…"
"""Stands for what differs from one refusal to the next."""


@dataclass(frozen=True)
class Reason:
    """A refusal, as the help shows it."""

    name: str
    status: int
    """Of the HTTP answer; 0 where it depends on who refuses."""
    sentences: tuple[str, ...] = ()
    """What people are told, one for each matter that gives it; empty where it is put together."""


def reasons(root: Path = ROOT) -> dict[str, Reason]:
    """All reasons by name, each with all that the places say that give it."""
    found: dict[str, Reason] = {}
    for module in sorted(each for folder in MADE_IN for each in (root / folder).rglob("*.py")):
        for reason in _in_module(ast.parse(module.read_text(encoding="utf-8"))):
            known = found.get(reason.name, reason)
            sentences = tuple(dict.fromkeys((*known.sentences, *reason.sentences)))
            found[reason.name] = Reason(reason.name, known.status or reason.status, sentences)
    return dict(sorted(found.items()))


def module(found: Iterable[Reason]) -> str:
    """The text of the module ``smartcity.reasons``."""
    rows = "".join(f"    {each.name!r}: ({each.status}, {each.sentences!r}),\n" for each in found)
    return (
        '"""Why requests are refused: reason -> HTTP status (0: it depends) and sentences. Generated."""\n\n'
        "from collections.abc import Mapping\n\n"
        f"REASONS: Mapping[str, tuple[int, tuple[str, ...]]] = {{\n{rows}}}\n"
    )


def write(path: Path, found: Iterable[Reason]) -> None:
    """Writes the module where it differs; where it does not, it is only as new as if it had been written."""
    text = module(found)
    if path.exists() and path.read_text(encoding="utf-8") == text:
        path.touch()
        return
    fresh = path.with_suffix(".new")
    fresh.write_text(text, encoding="utf-8")
    fresh.replace(path)


def _in_module(tree: ast.Module) -> Iterator[Reason]:
    reader = _Reader()
    reader.visit(tree)
    yield from reader.found


class _Reader(ast.NodeVisitor):
    """Goes through a module in the order in which it is written."""

    def __init__(self) -> None:
        self.found: list[Reason] = []
        self._told: dict[str, str] = {}
        """What was put into a name before it is told: ``detail = "The photo is ..."``."""

    def visit_FunctionDef(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        """``def stale(reason: str = "STALE_ETAG", ...)``."""
        status = _STATUS.get(node.name.upper(), 0)
        self.found += [Reason(name, status) for each in node.args.defaults if status and (name := _name(each))]
        _, _, errors = (ast.get_docstring(node) or "").partition("Errors:")
        self.found += [Reason(name, 0) for name in _PROMISED.findall(errors)]
        self.generic_visit(node)

    visit_AsyncFunctionDef = visit_FunctionDef  # noqa: N815 - ast's own names

    def visit_Assign(self, node: ast.Assign) -> None:
        if isinstance(node.targets[0], ast.Name):
            self._told[node.targets[0].id] = _text(node.value)
        self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> None:
        maker = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        for at, given in enumerate(node.args if maker in _MAKERS else ()):
            if name := _name(given):
                following = node.args[at + 1] if at + 1 < len(node.args) else None
                told = self._told.get(following.id, "") if isinstance(following, ast.Name) else _text(following)
                status = _STATUS.get(maker.upper()) or _status(node.args[:at])
                self.found.append(Reason(name, status, (told,) if told else ()))
        self.generic_visit(node)

    def visit_Tuple(self, node: ast.Tuple) -> None:
        """``(400, "IDEMPOTENCY_KEY_MISSING", "Send ...")``, with or without the status."""
        for at, (given, following) in enumerate(itertools.pairwise(node.elts)):
            if (name := _name(given)) and (told := _text(following)):
                self.found.append(Reason(name, _status(node.elts[:at]), (told,)))
        self.generic_visit(node)

    def visit_Dict(self, node: ast.Dict) -> None:
        """``{"ACCOUNT_CLOSED": "One of ...", "STALE_ETAG": 412}``."""
        for key, value in zip(node.keys, node.values, strict=True):
            name, status, told = _name(key), _status([value]), _text(value)
            if name and (status or told):
                self.found.append(Reason(name, status, (told,) if told else ()))
        self.generic_visit(node)


def _name(node: ast.expr | None) -> str:
    """The reason that a constant names; empty for anything else."""
    value = getattr(node, "value", None)
    known = isinstance(node, ast.Constant) and isinstance(value, str) and _NAME.fullmatch(value)
    return str(value) if known and len(str(value)) > 3 else ""


def _status(before: list[ast.expr]) -> int:
    for node in before:
        if isinstance(node, ast.Constant) and isinstance(node.value, int) and 400 <= node.value < 600:
            return node.value
        if isinstance(node, ast.Attribute) and node.attr in _STATUS:  # Kind.CONFLICT
            return _STATUS[node.attr]
    return 0


def _text(node: ast.expr | None) -> str:
    """A sentence, with a gap for what is put in; empty for anything else."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str) and " " in node.value:
        return node.value
    if isinstance(node, ast.JoinedStr):
        parts = [str(each.value) if isinstance(each, ast.Constant) else _GAP for each in node.values]
        return "".join(parts) if any(" " in each for each in parts) else ""
    return ""


if __name__ == "__main__":
    write(WRITTEN, reasons().values())
