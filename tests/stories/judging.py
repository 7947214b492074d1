"""Judging a service from the page of what has ended, without JavaScript: the last step of several stories."""

from __future__ import annotations

from typing import Any

import httpx

from tests.fixtures.house import House, until
from tests.gateway.portal.pages import Browser, Page


async def judge_from(house: House, path: str, user: str = "") -> None:
    """Whoever's it was finds the question on its page, answers it once and is thanked; then it is asked no more."""
    async with httpx.AsyncClient(base_url=house.url, timeout=15) as client:
        login = {"Authorization": f"Bearer {await house.token(user)}"} if user else {}
        whose = Browser(client, login)

        async def asked() -> Any:
            page = await whose.open(path)
            assert page.status == 200, page.words
            return page if "judge-service" in page.forms else None

        page: Page = await until(asked, 20, f"{path} asks how the service was")
        form = await whose.send(page.forms["judge-service"])
        marks = {f"q{number}": "3" for number in range(1, 10)}
        done = await whose.send(form.forms["judge-form"], **marks)
        assert "Your judgement is counted. Thank you." in done.words
        again = await whose.send(form.forms["judge-form"], **marks, request_id="another")
        assert again.status == 409, again.words
        assert "judge-service" not in (await whose.open(path)).forms
