"""What a case's page says of what fell due by itself: in the reader's language, and nothing that nobody did."""

import re

import httpx
import pytest

from services.governance.escalations import timers
from services.governance.notifications import model as mails
from tests.governance.cases import DLH, Filed, file
from tests.governance.conftest import Governance

LATE = [
    ("id", ["Tenggat verifikasi terlewati.", "Tenggat tanggapan pertama terlewati. Eskalasi tingkat 2."]),
    (
        "en",
        [
            "The report was not verified in time.",
            "The first answer was not given in time. Escalated to step 2.",
        ],
    ),
]


async def _said(visitor: httpx.AsyncClient, case: Filed, language: str) -> list[str]:
    """The notes of a case's history as its page shows them to everybody."""
    page = (await visitor.get(f"/lapor/{case.code}?lang={language}")).text
    return re.findall(r'<p class="said">(.*?)</p>', page)


async def _fall_due(governance: Governance, days: int) -> None:
    governance.pass_time(days=days)
    await timers.due(governance.runtime)


@pytest.mark.parametrize(("language", "said"), LATE)
async def test_a_deadline_that_passed_is_told_in_the_readers_language(
    governance: Governance, visitor: httpx.AsyncClient, language: str, said: list[str]
) -> None:
    case = await file(governance)
    await _fall_due(governance, 4)
    case.last = await case.read()
    await case.transition("verify")
    await _fall_due(governance, 9)
    case.last = await case.read()
    await case.edit("Release", public_text="Sampah.")
    assert await _said(visitor, case, language) == said


async def test_that_the_reporter_has_not_answered_is_told_in_the_readers_language(
    governance: Governance, visitor: httpx.AsyncClient
) -> None:
    case = await file(governance)
    await case.transition("verify")
    await case.transition("ask", DLH, note="Di mana?")
    await _fall_due(governance, 16)
    case.last = await case.read()
    await case.edit("Release", public_text="Sampah.")
    said = await _said(visitor, case, "en")
    assert said[-1] == "The reporter has not answered. The work goes on without an answer; an answer is still taken."


def test_no_mail_claims_that_somebody_of_the_agency_was_told() -> None:
    for text in mails._TEXTS[mails.Kind.ESCALATED]:
        assert not re.search("diberi tahu|was told|atasan|superior", text)
