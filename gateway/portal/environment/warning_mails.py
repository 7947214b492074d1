"""Warnings by mail: a form that asks for them, and what the links of their mails show."""

from __future__ import annotations

from collections.abc import Sequence

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from gateway.callers.session import csrf_checked
from gateway.gateway import current_gateway
from gateway.portal.kit import forms
from gateway.portal.kit.acting import FormState, attempted
from gateway.portal.kit.mail_links import serve
from gateway.portal.kit.page import PageRoute, city_words, render
from services.kit.caller import ANONYMOUS
from services.kit.city import Area
from smartcity.environment.v1 import warning_subscriptions_pb2 as pb
from smartcity.environment.v1 import warning_subscriptions_views as views

router = APIRouter(route_class=PageRoute, include_in_schema=False)
FORM, LINKS = "/lingkungan/peringatan/langganan", "/surat/peringatan"
MOST = 10
"""Kelurahan of one subscription, as the contract has it."""


@router.get(FORM)
async def form(request: Request) -> Response:
    """A form; ``?area=`` ticks kelurahan beforehand, and tells those that are too many."""
    known = {each.code: each for district in city_words(request).districts for each in district.areas}
    asked = [code for code in dict.fromkeys(request.query_params.getlist("area")) if code in known]
    return _form(request, FormState(), asked[:MOST], [known[code] for code in asked[MOST:]])


@router.post(FORM, dependencies=[Depends(csrf_checked)])
async def subscribe(request: Request) -> Response:
    """Asks the owner of the address. The answer is the same whether it is known or not."""
    fields = await forms.read(request)
    chosen = fields.all("areas")
    asked = pb.CreateWarningSubscriptionRequest(
        request_id=fields["request_id"], email=fields["email"], language=fields["language"], areas=chosen
    )
    answer = await attempted(request, "subscribe", fields, current_gateway(request).pillars.call(asked, ANONYMOUS))
    if isinstance(answer, FormState):
        return _form(request, answer, chosen)
    made = views.warning_subscription(answer.subscription)
    return render(request, "environment/warning_mails.html", private=True, here="environment", made=made)


async def _page(request: Request, what: str, token: str) -> Response:
    link = pb.WARNING_SUBSCRIPTION_LINK_CONFIRM if what == "confirm" else pb.WARNING_SUBSCRIPTION_LINK_END
    asked = pb.GetWarningSubscriptionRequest(link=link, token=token)
    answer = await current_gateway(request).pillars.call(asked, ANONYMOUS)
    return render(
        request, "environment/warning_mail_link.html", private=True, here="environment", what=what, form=FORM,
        found=views.warning_subscription(answer.subscription),
    )  # fmt: skip


serve(
    router, LINKS, _page,
    confirm=lambda key, token: pb.ConfirmWarningSubscriptionRequest(request_id=key, token=token),
    end=lambda key, token: pb.EndWarningSubscriptionRequest(request_id=key, token=token),
)  # fmt: skip


def _form(request: Request, shown: FormState, chosen: list[str], left_out: Sequence[Area] = ()) -> Response:
    return render(
        request, "environment/warning_mails.html", shown.status, private=True, here="environment", made=None,
        chosen=chosen, left_out=left_out, most=MOST, by_mail=current_gateway(request).bulletins.by_mail,
        **shown.context(),
    )  # fmt: skip
