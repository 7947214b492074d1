"""What lines of the dispatchers' journal say of their particulars: of each kind the board knows what they are."""

from gateway.portal.governance.dispatch_board import _NAMED, _OF_CALLS
from gateway.portal.kit.texts import catalogue
from services.governance.journal.model import What

OF_PROTOCOL = {"kind", "service", "party"}
"""What the city's protocol names."""
AS_WRITTEN = {
    What.CALL_TAKEN, What.CALL_LINKED, What.CALL_UNLINKED, What.NOTED, What.MERGED, What.UNMERGED, What.ASSIGNED,
    What.SIGNED_ON, What.SIGNED_OFF, What.ASKED, What.ANSWERED, What.SILENT, What.FLOOD_OVER, What.TAKEN_OUT,
    What.SHIFT_OVER, What.SHIFT_TAKEN, What.PAPER_RESERVED, What.PAPER_VOIDED,
}  # fmt: skip
"""Those with numbers, with words of people, or with nothing behind them."""


def test_the_board_knows_what_each_kind_of_line_tells() -> None:
    known = [*_NAMED, *_OF_CALLS, What.GRADED, *AS_WRITTEN]
    assert sorted(known) == sorted(What), "each once: one that is named by codes is not shown as it is written"


def test_what_lines_name_has_words() -> None:
    tables = {key.partition(".")[0] for key in catalogue("id")}
    assert {*_NAMED.values(), *_OF_CALLS.values()} - OF_PROTOCOL - tables == set()
