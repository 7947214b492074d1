"""An app of somebody else logs in at the local provider, as its page of help says, and calls the API."""

import asyncio
import json
import re
import sys
from base64 import urlsafe_b64decode, urlsafe_b64encode
from hashlib import sha256
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from tests.gateway.running import Stand

SCRIPT = Path(__file__).parents[3] / "docs" / "app_login.py"


async def walk(stand: Stand, address: str | httpx.URL, login: str = "warga") -> httpx.Response:
    """Through the provider's forms as a person does; its last word, which may lead to the app."""
    assert stand.provider is not None
    async with httpx.AsyncClient(timeout=30, trust_env=False) as browser:
        answer = await browser.get(address)
        for _ in range(10):
            names = re.findall(r'<input[^>]*name="([^"]+)"', answer.text)
            if location := answer.headers.get("location"):
                if answer.url.join(location).netloc != answer.url.netloc:
                    return answer
                answer = await browser.get(answer.url.join(location))
            elif names:
                values = dict(re.findall(r'name="([^"]+)"[^>]*value="([^"]*)"', answer.text))
                known = {"login": login, "password": stand.provider.password}
                form = {each: known.get(each, values.get(each, "")) for each in names}
                answer = await browser.post(answer.url, data=form)
            else:
                return answer
    raise AssertionError(answer.text)


async def test_the_script_of_the_docs_logs_in_and_calls_the_api(stand: Stand) -> None:
    pipe = asyncio.subprocess.PIPE
    script = await asyncio.create_subprocess_exec(
        sys.executable, str(SCRIPT), f"{stand.url}/", stdout=pipe, stderr=pipe
    )
    try:
        assert script.stdout is not None
        async with asyncio.timeout(60), httpx.AsyncClient(trust_env=False) as browser:
            address = (await script.stdout.readline()).decode().removeprefix("Log in at ").strip()
            back = (await walk(stand, address, "petugas-dlh")).headers["location"]
            assert "Logged in" in (await browser.get(back)).text
            told, wrong = await script.communicate()
    finally:
        if script.returncode is None:
            script.kill()
            await script.wait()
    assert script.returncode == 0, wrong.decode()
    me = json.loads(told)
    assert (me["roles"], me["agency"]) == (["citizen", "officer"], "dlh")


async def test_an_id_token_is_for_the_app_that_asked(stand: Stand) -> None:
    assert stand.provider is not None
    verifier = "v" * 43
    challenge = urlsafe_b64encode(sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    back = {"client_id": "app", "redirect_uri": "http://127.0.0.1:8765/"}
    asked = asking(stand, redirect_uri=back["redirect_uri"], code_challenge=challenge, code_challenge_method="S256")
    code = parse_qs(urlsplit((await walk(stand, asked)).headers["location"]).query)["code"][0]
    async with httpx.AsyncClient(trust_env=False) as app:
        form = {"grant_type": "authorization_code", "code": code, "code_verifier": verifier, **back}
        tokens = (await app.post(f"{stand.provider.issuer}/oauth/token", data=form)).json()
    claims = json.loads(urlsafe_b64decode(tokens["id_token"].split(".")[1] + "=="))
    assert claims["aud"] in ("app", ["app"])


def asking(stand: Stand, **more: str) -> httpx.URL:
    """Where an app sends people."""
    assert stand.provider is not None
    query = {"client_id": "app", "response_type": "code", "scope": "openid", "nonce": "n", "state": "s", **more}
    return httpx.URL(f"{stand.provider.issuer}/oauth/authorize", params=query)


@pytest.mark.parametrize("back", ["http://127.0.0.1:80/else", "http://127.0.0.2:8765/", "https://127.0.0.1:8765/"])
async def test_the_demo_app_is_answered_on_this_machine_alone(stand: Stand, back: str) -> None:
    proof = {"code_challenge": "x" * 43, "code_challenge_method": "S256"}
    answer = await walk(stand, asking(stand, redirect_uri=back, **proof))
    assert answer.status_code == 400
    assert "location" not in answer.headers


async def test_the_demo_app_needs_the_proof_of_its_code(stand: Stand) -> None:
    assert stand.provider is not None
    back = {"client_id": "app", "redirect_uri": "http://127.0.0.1:8765/"}
    answer = await walk(stand, asking(stand, redirect_uri=back["redirect_uri"]))
    code = parse_qs(urlsplit(answer.headers["location"]).query).get("code", [""])[0]
    async with httpx.AsyncClient(trust_env=False) as app:
        form = {"grant_type": "authorization_code", "code": code, **back}
        refused = await app.post(f"{stand.provider.issuer}/oauth/token", data=form)
    assert refused.status_code == 400, refused.text
    assert "access_token" not in refused.text
