"""Why requests are refused, read from the code that refuses them."""

import os
import shutil
import subprocess
from pathlib import Path

from gateway.answers import problems
from proto.codegen import reasons as read
from proto.codegen.reasons import ROOT, Reason, module, reasons, write
from services.kit.errors import Kind
from services.kit.rpc import server

CODE = '''
TABLE = {"ACCOUNT_CLOSED": "The account is closed.", "STALE_ETAG": 412, "IDR": "360"}
ROWS = {"If-Match": (428, "IF_MATCH_MISSING", "Send the ETag.")}

def stale(reason: str = "STALE_ETAG") -> None:
    """Not a refusal by itself."""

def check(size: int) -> None:
    """Whether it fits. Errors: KIND_UNKNOWN, WrongError, and for NOTHING in the MIDDLE those of ``ask``."""
    detail = f"At most {size} bytes go."
    if size:
        raise Problem(413, "BODY_TOO_LARGE", detail)
    detail = "Another one."
    raise DomainError(Kind.CONFLICT, "TAKEN", detail, field="x")

async def ask() -> None:
    raise not_found("BILL_NOT_FOUND", "There is no such bill.")
    log("NOT_A_REASON", "some words")
'''


def test_reasons_are_found_where_they_are_given(tmp_path: Path) -> None:
    for folder in ("services", "gateway"):
        (tmp_path / folder).mkdir()
    (tmp_path / "gateway" / "room.py").write_text(CODE)
    assert list(reasons(tmp_path).values()) == [
        Reason("ACCOUNT_CLOSED", 0, ("The account is closed.",)),
        Reason("BILL_NOT_FOUND", 404, ("There is no such bill.",)),
        Reason("BODY_TOO_LARGE", 413, ("At most … bytes go.",)),
        Reason("IF_MATCH_MISSING", 428, ("Send the ETag.",)),
        Reason("KIND_UNKNOWN", 0),
        Reason("STALE_ETAG", 412),
        Reason("TAKEN", 409, ("Another one.",)),
    ]


def test_what_two_places_say_of_one_reason_is_all_kept_once(tmp_path: Path) -> None:
    for folder, said in (
        ("gateway", "Look again."),
        ("services/calls", "Take it."),
        ("services/permits", "Look again."),
    ):
        (tmp_path / folder).mkdir(parents=True)
        (tmp_path / folder / "room.py").write_text(
            f'conflict("LOCATION_REQUIRED")\ninvalid("LOCATION_REQUIRED", "{said}")\n'
        )
    assert reasons(tmp_path)["LOCATION_REQUIRED"].sentences == ("Look again.", "Take it.")


def test_the_module_holds_them() -> None:
    made: dict[str, object] = {}
    exec(module([Reason("TAKEN", 409, ('It\'s "taken".',))]), made)
    assert made["REASONS"] == {"TAKEN": (409, ('It\'s "taken".',))}


def test_each_kind_of_refusal_has_the_status_that_it_gets_over_http() -> None:
    over_http = {kind.name: problems._STATUS[server._CODES[kind]] for kind in Kind}
    over_http["STALE"] = problems._REASON_STATUS["STALE_ETAG"]
    assert over_http == read._STATUS


def test_what_has_not_changed_is_not_written_again_and_counts_as_new(tmp_path: Path) -> None:
    made, found = tmp_path / "reasons.py", [Reason("TAKEN", 409, ("Taken.",))]
    write(made, found)
    os.utime(made, (1, 1))
    before = made.stat()
    write(made, found)
    assert made.stat().st_ino == before.st_ino
    assert made.stat().st_mtime > 1
    write(made, [])
    assert made.read_text(encoding="utf-8") == module([])


def test_code_that_changes_makes_no_contract_anew(tmp_path: Path) -> None:
    """Generating swaps the whole tree, under the feet of whoever runs: an edit of a pillar must not."""
    shutil.copy(ROOT / "Makefile", tmp_path)
    parts = ["proto/smartcity/a.proto", "proto/codegen/a.py", "services/a.py", "gateway/a.py", "requirements.lock",
             "pyproject.toml", "hatch_build.py", ".venv/installed", "proto/gen/asyncapi.json",
             "proto/gen/smartcity/reasons.py"]  # fmt: skip
    for age, part in enumerate(parts):
        (tmp_path / part).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / part).touch()
        os.utime(tmp_path / part, (age, age))
    assert _steps(tmp_path) == []
    os.utime(tmp_path / "services/a.py", (99, 99))
    assert _steps(tmp_path) == ["proto.codegen.reasons"]
    os.utime(tmp_path / "proto/smartcity/a.proto", (99, 99))
    assert _steps(tmp_path) == ["proto.codegen.generate", "proto.codegen.reasons"]


def _steps(folder: Path) -> list[str]:
    apart = {name: value for name, value in os.environ.items() if name not in ("MAKEFLAGS", "MAKELEVEL")}
    done = subprocess.run(["make", "-n", "proto"], cwd=folder, env=apart, capture_output=True, text=True, check=True)
    return [line.split()[-1] for line in done.stdout.splitlines() if "proto.codegen" in line]
