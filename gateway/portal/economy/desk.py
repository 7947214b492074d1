"""What the pages of a merchant's desk share: the merchant, and the calls that several of them make."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from starlette.requests import Request

from gateway.gateway import current_gateway
from gateway.portal.kit.acting import FormState, attempted
from gateway.portal.kit.forms import Fields
from gateway.portal.kit.page import city_words
from services.kit.caller import Caller
from smartcity.economy.v1 import account_changes_pb2, account_changes_views, payments_pb2, payments_views
from smartcity.economy.v1 import merchants_pb2 as pb
from smartcity.economy.v1 import merchants_views as views

MCCS = ("5814", "5812", "5411", "5499", "5631", "5699", "5947", "7230", "7699", "4121", "7011", "7991", "5999")
"""Merchant category codes (ISO 18245) that micro businesses choose from; their words are texts."""
CHANGES = 5
"""Accounts that were asked for, as the owner reads of them."""


async def merchant_of(request: Request, merchant: str, caller: Caller) -> views.Merchant:
    """The merchant with that identifier, where the caller may see it."""
    pillars = current_gateway(request).pillars
    answer = await pillars.call(pb.GetMerchantRequest(id=merchant), caller)
    return views.merchant(answer.merchant)


async def account_changes_of(
    request: Request, merchant: str, caller: Caller
) -> list[account_changes_views.AccountChange]:  # fmt: skip
    """The newest accounts that were asked for the merchant's takings, the newest first: one more than the owner reads
    of, where there are more.
    """
    every = list(account_changes_views.ACCOUNT_CHANGE_STATE_NUMBERS.values())
    asked = account_changes_pb2.ListAccountChangesRequest(merchant=merchant, states=every, page_size=CHANGES + 1)
    answer = await current_gateway(request).pillars.newer(asked, caller)
    return [account_changes_views.account_change(each) for each in answer.account_changes]


def account_typed(form: Fields) -> pb.SettlementAccount:
    """The account that a form names; blanks, hyphens and dots between the digits are how people read a number."""
    return pb.SettlementAccount(bank=form["bank"].strip(), number=_digits(form["number"]))


def account_errors(form: Fields) -> dict[str, str]:
    """What is wrong where the number was not typed the same twice, as keys of texts by the entries' names."""
    return {} if _digits(form["number"]) == _digits(form["number_again"]) else {"number_again": "apply.number_differs"}


def _digits(typed: str) -> str:
    return re.sub(r"[\s.\-\u2010-\u2015]", "", typed)


Read = views.ReadSettlementAccountResponse
"""Whole account numbers, as they were read."""


async def whole_account(request: Request, caller: Caller, merchant: str, form: Fields) -> Read | FormState:
    """The whole number of the account that a merchant's takings go to, or what to show of the refusal."""
    call = current_gateway(request).pillars.call(pb.ReadSettlementAccountRequest(id=merchant), caller)
    answer = await attempted(request, "whole", form, call)
    return answer if isinstance(answer, FormState) else views.read_settlement_account_response(answer)


class Returns(NamedTuple):
    """Which of some payments the caller could give back, by identifier, and the newest refund of each that has one."""

    refundable: frozenset[str] = frozenset()
    newest: Mapping[str, payments_views.Refund] = {}


async def returns(request: Request, payments: Sequence[payments_views.Payment], caller: Caller) -> Returns:
    """Which payments could be given back now, wholly or in part, and what became of what was asked for last."""
    paid = [each.id for each in payments if each.state in ("captured", "partly_refunded")]
    if not paid:
        return Returns()
    answer = await current_gateway(request).pillars.call(payments_pb2.CheckRefundsRequest(payments=paid), caller)
    newest = {each.payment: payments_views.refund(each) for each in answer.newest}
    return Returns(frozenset(answer.payments), newest)


def of_treasury(request: Request, caller: Caller) -> bool:
    """Whether the caller is an officer of the treasury's agency, or an administrator."""
    agency = city_words(request).terms.treasury_agency
    return caller.has("admin") or (caller.has("officer") and bool(agency) and caller.agency == agency)


def fills_wallets(request: Request, counter: views.Merchant) -> bool:
    """Whether top-ups are paid in cash, and given back, at this counter: at the treasury's."""
    agency = city_words(request).terms.treasury_agency
    return counter.kind == "counter" and bool(agency) and counter.agency == agency


def path_of(merchant: str) -> str:
    """Path of a merchant's desk."""
    return f"/usaha/{merchant}"


def refund_told(refund: payments_pb2.Refund) -> str:
    """What became of a refund, as the key of what the page says: the bank has the last word on what it gives back, and
    cash is recorded before anybody hands it over.
    """
    state = payments_views.REFUND_STATE_NAMES.get(refund.state, "requested")
    if state == "done" and refund.way == payments_pb2.REFUND_WAY_CASH:
        return "refund_cash"
    return "refund_refused" if state == "failed" else f"refund_{state}"
