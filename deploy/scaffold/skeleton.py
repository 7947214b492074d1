"""The files of a noun's skeleton, and the two of its pillar that know of it: the wiring and the events."""

import re
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from deploy.scaffold.names import Names, ScaffoldError, names_of
from deploy.scaffold.taken import alike, names_in
from services.kit.database.migrate import heads

ROOT = Path(__file__).resolve().parents[2]
_FILES = {
    "contract.proto": "proto/smartcity/{pillar}/v1/{nouns}.proto",
    "room.py": "services/{pillar}/{nouns}/__init__.py",
    "model.py": "services/{pillar}/{nouns}/model.py",
    "events.py": "services/{pillar}/{nouns}/events.py",
    "store.py": "services/{pillar}/{nouns}/store.py",
    "actions.py": "services/{pillar}/{nouns}/actions.py",
    "api.py": "services/{pillar}/{nouns}/api.py",
    "migration.py": "services/{pillar}/migrations/{today:%Y_%m_%d}_{nouns}.py",
    "pages.py": "gateway/portal/{pillar}/{nouns}.py",
    "list.html": "gateway/portal/{pillar}/templates/{nouns}.html",
    "one.html": "gateway/portal/{pillar}/templates/{noun}.html",
    "texts_id.toml": "gateway/portal/{pillar}/texts/id-{nouns}.toml",
    "texts_en.toml": "gateway/portal/{pillar}/texts/en-{nouns}.toml",
    "conftest.py": "tests/{pillar}/{nouns}/conftest.py",
    "seeds.py": "tests/{pillar}/{nouns}/seeds.py",
    "rows.py": "tests/{pillar}/{nouns}/rows.py",
    "growth.py": "tests/{pillar}/{nouns}/growth.py",
    "test_model.py": "tests/{pillar}/{nouns}/test_model.py",
    "test_rpc.py": "tests/{pillar}/{nouns}/test_rpc.py",
    "test_page.py": "tests/{pillar}/{nouns}/test_page.py",
}
"""Template -> the file that it becomes."""
_NOBODY = names_of("environment", "qqnoun")
"""A noun that no skeleton is written for."""


def plan(names: Names) -> dict[Path, str]:
    """What is to be written, new files and changed ones. Raises ScaffoldError where something of that name exists."""
    _need_not_stand_in_its_own_way(names)
    texts = {**names.texts(), **_revision(names), "today": date.today()}
    made = {ROOT / path.format(**texts): _rendered(template, texts) for template, path in _FILES.items()}
    for mistake in (*_files_there(made), *_names_there(names)):
        raise ScaffoldError(f"{mistake}; give another NOUN=, PLURAL= or WORD=, or take away what is there")
    tests = ROOT / "tests" / names.pillar
    made |= {each: "" for each in (tests / "__init__.py", tests / names.nouns / "__init__.py") if not each.exists()}
    pages = ROOT / "gateway" / "portal" / names.pillar / "__init__.py"
    if not pages.exists():
        made[pages] = f'"""Pages of the {names.pillar} pillar."""\n'
    made[_contracts(names) / "events.proto"] = _events(names, texts)
    wiring = ROOT / "services" / names.pillar / "pillar.py"
    made[wiring] = _wired(wiring.read_text(encoding="utf-8"), names)
    return made


def write(planned: Mapping[Path, str]) -> None:
    """Writes the files, and lets the formatter break lines and sort imports by what the names have become."""
    for path, text in planned.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    python = [str(path) for path in planned if path.suffix == ".py"]
    for step in (("check", "--select", "I", "--fix"), ("format",)):
        subprocess.run([sys.executable, "-m", "ruff", *step, "--quiet", *python], cwd=ROOT, check=True)


def _rendered(template: str, texts: Mapping[str, object]) -> str:
    """A template's text; its marks are other than those of the pages that some of them become."""
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        undefined=StrictUndefined,
        keep_trailing_newline=True,
        autoescape=False,  # noqa: S701 - code, not pages
        variable_start_string="<<",
        variable_end_string=">>",
        block_start_string="<%",
        block_end_string="%>",
        comment_start_string="<#",
        comment_end_string="#>",
    )
    return environment.get_template(f"{template}.j2").render(texts)


def _need_not_stand_in_its_own_way(names: Names) -> None:
    """Raises ScaffoldError where the noun, one or many, is a name that what is written for it needs itself."""
    texts = {**_NOBODY.texts(), "revision": "", "down_revision": "None", "branch_labels": "None"}
    own = {alike(_NOBODY.noun), alike(_NOBODY.nouns)}
    taken = names_in((template, _rendered(template, texts)) for template in _FILES) - own
    for each in (names.noun, names.nouns):
        if alike(each) in taken:
            raise ScaffoldError(
                f'"{each}" is a name that the skeleton itself needs; give NOUN= another, such as city-{names.singular}'
            )


def _contracts(names: Names) -> Path:
    return ROOT / "proto" / "smartcity" / names.pillar / "v1"


def _migrations(names: Names) -> Path:
    return ROOT / "services" / names.pillar / "migrations"


def _revision(names: Names) -> dict[str, str]:
    """The next revision after the pillar's newest, whose number counts on."""
    newest = sorted(heads([_migrations(names)]))
    if len(newest) > 1:
        raise ScaffoldError(f"{names.pillar} has {len(newest)} newest revisions, {', '.join(newest)}; merge them first")
    number = int(newest[0].rpartition("_")[2]) + 1 if newest else 1
    return {
        "revision": f"{names.pillar}_{number:04}",
        "down_revision": f'"{newest[0]}"' if newest else "None",
        "branch_labels": "None" if newest else f'("{names.pillar}",)',
    }


def _files_there(made: Iterable[Path]) -> Iterator[str]:
    for path in made:
        if path.exists():
            yield f"{path.relative_to(ROOT)} exists already"


def _names_there(names: Names) -> Iterator[str]:
    """Names that only one may have, in files of others."""
    texts = names.texts()
    one, many = texts["Noun"], texts["Nouns"]
    contracts, portal = ROOT / "proto" / "smartcity", ROOT / "gateway"
    for files, pattern, what in (
        (contracts.rglob("*.proto"), rf'"/v1/{names.many}["/]', f"/v1/{names.many}"),
        (contracts.rglob("*.proto"), rf"\brpc (?:(?:Get|Create|Close){one}|List{many})\(", f"an RPC of {one}"),
        (_contracts(names).glob("*.proto"), rf"^(?:message|enum|service) {one}(?:State|Service|Created|Closed)? ", one),
        (_migrations(names).glob("*.py"), rf"CREATE TABLE {names.noun}\b", f"table {names.noun}"),
        (portal.rglob("*.py"), rf'"/{names.word}["/]', f"the address /{names.word}"),
        (portal.rglob("*.toml"), rf"^\[{names.nouns}\]", f"the heading [{names.nouns}]"),
    ):
        for path in sorted(files):
            if re.search(pattern, path.read_text(encoding="utf-8"), re.MULTILINE):
                yield f"{what} is in {path.relative_to(ROOT)} already"


def _events(names: Names, texts: Mapping[str, object]) -> str:
    """The pillar's events with those of the noun at the end."""
    path = _contracts(names) / "events.proto"
    before = path.read_text(encoding="utf-8") if path.exists() else _rendered("events_head.proto", texts)
    return before + _rendered("events.proto", texts)


def _wired(text: str, names: Names) -> str:
    """The pillar's wiring with the noun in it. Raises ScaffoldError where it is not written as usual."""
    room = f"{names.nouns}_api" if re.search(rf"\b{names.nouns}\b", text) else names.nouns
    imports = f"import services.{names.pillar}.{names.nouns}.api as {room}\n"
    if "publishes=" not in text:
        imports += f"from smartcity.{names.pillar}.v1 import events_pb2\n"
        text = re.sub(r"( *)serves=\(", r"\1publishes=(events_pb2.DESCRIPTOR,),\n\1serves=(", text, count=1)
    text, served = re.subn(r"serves=\(([^()]*?),?\s*\)", rf"serves=(\1, {room})", text, count=1)
    text, imported = re.subn(r"^(?=from |import )", imports, text, count=1, flags=re.MULTILINE)
    if not (served and imported):
        raise ScaffoldError(f"services/{names.pillar}/pillar.py has no serves=(…) to add {names.nouns} to; add it")
    return text
