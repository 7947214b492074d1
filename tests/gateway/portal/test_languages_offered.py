"""What is offered to choose from is of the languages of the city."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from gateway.city.bulletins import Bulletins
from tests.gateway.portal.pages import Browser
from tests.gateway.running import Stand

PORTAL = Path(__file__).parents[3] / "gateway" / "portal"
MAILS = "/lingkungan/peringatan/langganan"


@pytest.mark.parametrize(
    ("languages", "offered", "sent"),
    [(("id", "en"), ["id", "en"], "en"), (("en", "id"), ["en", "id"], "en"), (("id",), [], "id")],
)
async def test_mails_are_offered_in_the_languages_of_the_city_and_with_one_there_is_no_choice(
    stand: Stand, citizen: Browser, bulletins: Bulletins, monkeypatch: pytest.MonkeyPatch, languages: tuple[str, ...],
    offered: list[str], sent: str,
) -> None:  # fmt: skip
    monkeypatch.setattr(bulletins, "by_mail", True)
    monkeypatch.setattr(stand.gateway, "city", replace(stand.gateway.city, languages=languages))
    page = await citizen.open(MAILS)
    assert re.findall(r'<option value="(id|en)"', page.source) == offered
    assert page.forms["subscribe-form"].all("language") == [sent]


async def test_a_report_goes_on_in_no_language_that_the_city_does_not_offer(
    stand: Stand, citizen: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stand.gateway, "city", replace(stand.gateway.city, languages=("id",)))
    form = (await citizen.open("/lapor")).forms["report-form"]
    page = await citizen.send(form, go="where", text="Lampu jalan padam", lang="en")
    assert "lang=en" not in str(page.answer.url)


def test_no_template_has_a_language_to_choose_by_hand() -> None:
    found = [path.name for path in PORTAL.rglob("*.html") if re.search(r'<option value="(id|en)"', path.read_text())]
    assert found == []
