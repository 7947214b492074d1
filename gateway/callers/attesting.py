"""The identity provider's word on who somebody is, handed on when they log in, where the city lets it count.

The number goes to the society pillar and nowhere else: not into the session, not into a log. A login does not need it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import grpc.aio
import structlog

from gateway.answers.problems import from_grpc
from gateway.calls.pillars import Pillars
from gateway.settings import GatewaySettings
from services.kit.caller import Caller
from services.kit.ids import uuid7
from smartcity.society.v1.residents_pb2 import AttestResidentRequest

SECONDS = 1.0
"""The longest that a login waits for it."""

_log = structlog.get_logger(__name__)


async def attest(pillars: Pillars, settings: GatewaySettings, caller: Caller, claims: Mapping[str, Any]) -> None:
    """Hands on the number, the date of birth (``birthdate``) and the kelurahan of verified claims, if all are there."""
    if not (settings.oidc_nik_claim and settings.oidc_area_claim):
        return
    said = [claims.get(name) for name in (settings.oidc_nik_claim, "birthdate", settings.oidc_area_claim)]
    if not all(isinstance(each, str) and 0 < len(each) <= 64 for each in said):
        return
    nik, born, area = map(str, said)
    asked = AttestResidentRequest(request_id=str(uuid7()), nik=nik, birth_date=born, area_code=area)
    try:
        await pillars.call(asked, caller, within=SECONDS, retry=False)
    except grpc.aio.AioRpcError as error:
        _log.info("residence not attested", reason=from_grpc(error).reason)
