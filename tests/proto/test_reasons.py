"""Why requests are refused, read from the code that refuses them."""

from pathlib import Path

from gateway.answers import problems
from proto.codegen import reasons as read
from proto.codegen.reasons import Reason, module, reasons
from services.kit.errors import Kind
from services.kit.rpc import server

CODE = '''
TABLE = {"ACCOUNT_CLOSED": "The account is closed.", "STALE_ETAG": 412, "IDR": "360"}
ROWS = {"If-Match": (428, "IF_MATCH_MISSING", "Send the ETag.")}

def stale(reason: str = "STALE_ETAG") -> None:
    """Not a refusal by itself."""

def check(size: int) -> None:
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
        Reason("ACCOUNT_CLOSED", 0, "The account is closed."),
        Reason("BILL_NOT_FOUND", 404, "There is no such bill."),
        Reason("BODY_TOO_LARGE", 413, "At most … bytes go."),
        Reason("IF_MATCH_MISSING", 428, "Send the ETag."),
        Reason("STALE_ETAG", 412, ""),
        Reason("TAKEN", 409, "Another one."),
    ]


def test_the_module_holds_them() -> None:
    made: dict[str, object] = {}
    exec(module([Reason("TAKEN", 409, 'It\'s "taken".')]), made)
    assert made["REASONS"] == {"TAKEN": (409, 'It\'s "taken".')}


def test_each_kind_of_refusal_has_the_status_that_it_gets_over_http() -> None:
    over_http = {kind.name: problems._STATUS[server._CODES[kind]] for kind in Kind}
    over_http["STALE"] = problems._REASON_STATUS["STALE_ETAG"]
    assert over_http == read._STATUS
