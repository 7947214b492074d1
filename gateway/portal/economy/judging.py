"""The way from what was paid to the page on which the service is judged."""

from __future__ import annotations

import grpc.aio
from starlette.requests import Request

from gateway.callers.session import current_caller
from gateway.portal.economy import payments
from gateway.portal.society.invitations import offered
from smartcity.economy.v1 import payments_views as views
from smartcity.society.v1 import satisfaction_pb2


async def judge_code(request: Request, payment: views.Payment) -> str:
    """The code by which whoever paid can judge the service; empty for others, who know the payment's code alone."""
    if payment.state not in payments.PAID or not payment.own:
        return ""
    return await offered(request, satisfaction_pb2.ENDED_KIND_PAYMENT, payment.code)


async def judge_code_of(request: Request, number: str) -> str:
    """The same of a payment by its code; empty, too, where it cannot be read just now."""
    caller = current_caller(request)
    if not number or caller.has("anonymous"):
        return ""
    try:
        return await judge_code(request, await payments.payment_of(request, number, caller))
    except grpc.aio.AioRpcError:
        return ""
