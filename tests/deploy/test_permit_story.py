"""What the story of a permit takes back before it begins: what is left of others, and nothing that somebody wrote."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from deploy.local.secrets import Secrets
from deploy.operate import permit_story
from deploy.operate.permit_story import NAME, STALL
from deploy.operate.visitor import Visitor

LONG_AGO, JUST_NOW = timedelta(hours=1), timedelta(seconds=5)


class Applicant(Visitor):
    """Whose only draft is this, in front of a platform that says yes to all."""

    draft: dict[str, Any]
    moved: list[str]

    async def _ask(self, method: str, path: str, user: str, **more: Any) -> Any:
        if method == "GET":
            return {"permits": [self.draft]}
        self.moved.append(path)
        return {}


@pytest.mark.parametrize(
    ("name", "place", "age", "taken"),
    [
        (NAME, f"{STALL}123", LONG_AGO, True),
        (NAME, f"{STALL}123", JUST_NOW, False),
        ("Toko Milik Saya", f"{STALL}123", LONG_AGO, False),
        (NAME, "Jalan Pandanaran 12", LONG_AGO, False),
    ],
)
async def test_a_story_takes_back_drafts_that_stories_left_and_those_alone(
    name: str, place: str, age: timedelta, taken: bool, tmp_path: Path
) -> None:
    async with httpx.AsyncClient() as client:
        applicant = Applicant({}, client, Secrets(tmp_path))
        began = (datetime.now(UTC) - age).isoformat().replace("+00:00", "Z")
        applicant.draft = {"code": "SMGZ-1", "etag": "1", "name": name, "place": place, "create_time": began}
        applicant.moved = []
        await permit_story._begun(applicant, "kios-pasar")
    assert applicant.moved == [*["/v1/permits/SMGZ-1/transitions"] * taken, "/v1/permits"]
