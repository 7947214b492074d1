"""Settlement: what merchants get, day by day, and whether the bank's books agree with ours."""

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import Field
from starlette.responses import Response

from gateway.rest import examples, sheets
from gateway.rest.answers import CHANGES, PRIVATE, READS, WRITES, answer, answer_tagged, documented, documented_file
from gateway.rest.ledger import time_of
from gateway.rest.requests import (
    DAY_PATTERN,
    Body,
    Day,
    Identifier,
    Key,
    PageSize,
    PageToken,
    Parts,
    Version,
    Who,
    example,
)
from smartcity.economy.v1 import settlement_pb2 as pb2
from smartcity.economy.v1 import settlement_views as views

router = APIRouter(tags=["Settlement"], prefix="/v1/settlement")
CLOSING_SECONDS = 25.0
"""Deadline of closing or comparing a day: many merchants, and the bank's report."""

OnlyDay = Annotated[str, Query(max_length=10, pattern=rf"{DAY_PATTERN}|^$", description="Only this day, ISO 8601.")]


class Closing(Body):
    """How a day is closed."""

    model_config = example({"early": True})

    early: Annotated[bool, Field(strict=True)] = False
    """Closes the day so far, today included; what comes later goes into a later batch."""


@router.get(
    "/batches",
    summary="List batches",
    operation_id="listBatches",
    **documented("ListBatchesResponse", problems=READS),
)
async def list_batches(
    parts: Parts,
    who: Who,
    merchant: Annotated[str, Query(max_length=64, description="Only this merchant's.")] = "",
    day: OnlyDay = "",
    page_size: PageSize = 0,
    page_token: PageToken = "",
) -> Response:
    """Lists the batches of your merchants, all of them for the treasury, newest first."""
    message = pb2.ListBatchesRequest(page_size=page_size, page_token=page_token, merchant=merchant, day=day)
    found = await parts.pillars.call(parts.pillars.settlement.ListBatches, message, who)
    return answer(views.list_batches_response(found), headers=dict(PRIVATE))


# Before the batch itself, whose path would take "....csv" for an id.
@router.get(
    "/batches/{id}.csv",
    summary="Batch as CSV",
    operation_id="getBatchCsv",
    **documented_file("text/csv", "A line per payment, fee and refund, oldest first.", problems=READS),
)
async def batch_csv(id: Identifier, parts: Parts, who: Who) -> Response:  # noqa: A002 - the path's word
    """A batch for a spreadsheet."""
    found = await parts.pillars.call(parts.pillars.settlement.GetBatch, pb2.GetBatchRequest(id=id), who)
    columns = ("time", "payment", "kind", "amount", "currency")
    rows = (
        (time_of(each.time), each.payment_code, each.kind, each.amount.units, each.amount.currency)
        for each in found.lines
    )
    return sheets.sheet(f"settlement-{found.batch.day}-{found.batch.id}", columns, rows)


@router.get(
    "/batches/{id}",
    summary="Read a batch",
    operation_id="getBatch",
    **documented("GetBatchResponse", etag=True, problems=READS, example=examples.BATCH_WITH_LINES),
)
async def read(id: Identifier, parts: Parts, who: Who) -> Response:  # noqa: A002
    """Reads a batch with its payments, fees and refunds."""
    found = await parts.pillars.call(parts.pillars.settlement.GetBatch, pb2.GetBatchRequest(id=id), who)
    return answer_tagged(views.get_batch_response(found), found.batch.etag)


@router.post(
    "/batches/{id}/payout",
    summary="Confirm a payout",
    operation_id="confirmPayout",
    **documented("Batch", etag=True, problems=CHANGES),
)
async def confirm(id: Identifier, version: Version, key: Key, parts: Parts, who: Who) -> Response:  # noqa: A002
    """Says that a batch was paid out, for the treasury."""
    message = pb2.ConfirmPayoutRequest(request_id=key, id=id, etag=version)
    found = await parts.pillars.call(parts.pillars.settlement.ConfirmPayout, message, who)
    return answer_tagged(views.batch(found.batch), found.batch.etag)


@router.post(
    "/days/{day}/closing",
    summary="Close a day",
    operation_id="closeDay",
    **documented("CloseDayResponse", problems=WRITES),
)
async def close(day: Day, key: Key, parts: Parts, who: Who, body: Closing | None = None) -> Response:
    """Closes a day now, as happens by itself every night; again changes nothing. For the treasury."""
    message = pb2.CloseDayRequest(request_id=key, day=day, early=body.early if body else False)
    found = await parts.pillars.call(parts.pillars.settlement.CloseDay, message, who, within=CLOSING_SECONDS)
    return answer(views.close_day_response(found), headers={"cache-control": "no-store"})


@router.post(
    "/days/{day}/reconciliation",
    summary="Compare a day with the bank",
    operation_id="reconcileDay",
    **documented("ReconcileDayResponse", problems=WRITES),
)
async def reconcile(day: Day, key: Key, parts: Parts, who: Who) -> Response:
    """Compares a day with the bank's report now, as happens by itself every night. For the treasury."""
    message = pb2.ReconcileDayRequest(request_id=key, day=day)
    found = await parts.pillars.call(parts.pillars.settlement.ReconcileDay, message, who, within=CLOSING_SECONDS)
    return answer(views.reconcile_day_response(found), headers={"cache-control": "no-store"})


@router.get(
    "/differences",
    summary="List differences",
    operation_id="listDifferences",
    **documented("ListDifferencesResponse", problems=READS),
)
async def differences(
    parts: Parts, who: Who, day: OnlyDay = "", page_size: PageSize = 0, page_token: PageToken = ""
) -> Response:
    """Lists where the bank's books and ours differ, newest first. For the treasury."""
    message = pb2.ListDifferencesRequest(page_size=page_size, page_token=page_token, day=day)
    found = await parts.pillars.call(parts.pillars.settlement.ListDifferences, message, who)
    return answer(views.list_differences_response(found), headers=dict(PRIVATE))
