"""Tells the customer of payments over SNAP, again and again with longer pauses until it takes note."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import time
import urllib.error
import urllib.request
from typing import Any

from deploy.local.bank.bank import Bank
from deploy.local.bank.book import Notice
from deploy.local.bank.settings import BankSettings
from deploy.local.bank.signing import Keys

FIRST_PAUSE, LONGEST_PAUSE = 0.5, 60.0
TIMEOUT = 10.0
AT_ONCE = 8
TOKEN_PATH = "/v1.0/access-token/b2b"  # noqa: S105 - an address
NOTIFY_PATH = "/v1.0/qr/qr-mpm-notify"
_log = logging.getLogger(__name__)


class Courier:
    """The one that carries the notices."""

    def __init__(self, settings: BankSettings, keys: Keys, bank: Bank) -> None:
        """Carries for a bank."""
        self._settings = settings
        self._keys = keys
        self._bank = bank
        self._token = ""
        self._news = asyncio.Event()
        self._under_way: dict[int, asyncio.Task[None]] = {}

    def wake(self) -> None:
        """There is something to tell, or what there is falls due at another time."""
        self._news.set()

    async def run(self) -> None:
        """Carries until cancelled; what is not told by then is told after the next start."""
        try:
            while True:
                self._news.clear()
                pause = self._send_due()
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._news.wait(), pause)
        finally:
            for task in self._under_way.values():
                task.cancel()

    def _send_due(self) -> float:
        """Begins to tell what is due; seconds until the next falls due."""
        now, pause = time.time(), 60.0
        for notice in self._bank.book.waiting():
            if notice.number in self._under_way:
                continue
            if notice.due > now:
                return min(pause, notice.due - now)
            if len(self._under_way) >= AT_ONCE:
                return pause  # whoever comes back wakes us
            self._under_way[notice.number] = asyncio.create_task(self._carry(notice))
        return pause

    async def _carry(self, notice: Notice) -> None:
        try:
            taken = await asyncio.to_thread(self._told, notice)
            if taken:
                self._bank.book.told(notice.number)
            else:
                pause = min(FIRST_PAUSE * 2.0**notice.attempts, LONGEST_PAUSE)
                self._bank.book.postpone(notice.number, time.time() + pause)
        finally:
            self._under_way.pop(notice.number, None)
            self.wake()

    def _told(self, notice: Notice) -> bool:
        """Whether the customer takes note (runs in a thread). A token that is refused is asked for anew, once."""
        for _ in range(2):
            try:
                self._token = self._token or self._new_token()
                status, answer = self._notify(notice)
            except (OSError, ValueError) as error:
                _log.warning("the customer does not answer: %s", type(error).__name__)
                return False
            if status == 401:
                self._token = ""
                continue
            if status // 100 != 2:
                _log.warning("the customer answers %s: %s", status, str(answer.get("responseCode"))[:10])
            return status // 100 == 2
        return False

    def _notify(self, notice: Notice) -> tuple[int, dict[str, Any]]:
        now, body, token = self._timestamp(), notice.body.encode(), self._token
        headers = {
            "Authorization": f"Bearer {token}",
            "X-TIMESTAMP": now,
            "X-SIGNATURE": self._keys.sign_call("POST", NOTIFY_PATH, token, body, now),
            "X-PARTNER-ID": self._settings.bank_id,
            "X-EXTERNAL-ID": notice.external_id,
            "CHANNEL-ID": "95221",
        }
        return _post(self._settings.notify_url + NOTIFY_PATH, body, headers)

    def _new_token(self) -> str:
        now, client = self._timestamp(), self._settings.bank_id
        headers = {
            "X-TIMESTAMP": now,
            "X-CLIENT-KEY": client,
            "X-SIGNATURE": self._keys.sign_token_request(client, now),
        }
        body = b'{"grantType":"client_credentials"}'
        status, answer = _post(self._settings.notify_url + TOKEN_PATH, body, headers)
        token = answer.get("accessToken")
        if status != 200 or not isinstance(token, str):
            raise ValueError(f"no token: {status}")
        return token

    def _timestamp(self) -> str:
        return self._bank.now.isoformat(timespec="seconds")


def _post(url: str, body: bytes, headers: dict[str, str]) -> tuple[int, dict[str, Any]]:
    """Status and JSON of an answer. Raises OSError and ValueError."""
    request = urllib.request.Request(url, body, {"Content-Type": "application/json", **headers})  # noqa: S310 - configured
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT) as answer:  # noqa: S310
            status, content = answer.status, answer.read(1 << 20)
    except urllib.error.HTTPError as error:
        status, content = error.code, error.read(1 << 20)
    found = json.loads(content)
    return status, found if isinstance(found, dict) else {}
