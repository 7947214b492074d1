"""FeedImportService over gRPC: proto -> action -> proto."""

from services.kit.database import Transaction
from services.kit.rpc import etag, protos, rpc
from services.living.feed_imports import actions
from services.living.feed_imports.model import Import, Swap
from services.living.feeds import store as feeds
from services.living.feeds.model import Feed
from smartcity.living.v1 import feed_imports_pb2 as pb


@rpc
async def create(tx: Transaction, request: pb.CreateFeedImportRequest) -> pb.CreateFeedImportResponse:
    """Begins an import."""
    made = await actions.create(tx, request.url, request.name, request.bytes)
    return pb.CreateFeedImportResponse(feed_import=_view(tx, made))


@rpc
async def put(tx: Transaction, request: pb.PutFeedImportPartRequest) -> pb.PutFeedImportPartResponse:
    """Takes a part of its archive."""
    done = await actions.put(tx, request.id, request.part, request.content)
    return pb.PutFeedImportPartResponse(feed_import=_view(tx, done))


@rpc
async def read(tx: Transaction, request: pb.GetFeedImportRequest) -> pb.GetFeedImportResponse:
    """Reads an import."""
    return pb.GetFeedImportResponse(feed_import=_view(tx, await actions.get(tx, request.id)))


@rpc
async def page(tx: Transaction, request: pb.ListFeedImportsRequest) -> pb.ListFeedImportsResponse:
    """Lists imports."""
    found = await actions.page(tx, request.page_size, request.page_token)
    shown = [_view(tx, one) for one in found.rows]
    return pb.ListFeedImportsResponse(feed_imports=shown, next_page_token=found.token)


@rpc
async def findings(tx: Transaction, request: pb.ListFeedImportFindingsRequest) -> pb.ListFeedImportFindingsResponse:
    """Lists what was found."""
    severity = protos.member(pb.FeedImportSeverity, request.severity, str) if request.severity else ""
    found = await actions.findings(tx, request.id, severity, request.page_size, request.page_token)
    shown = [
        pb.FeedImportFinding(
            severity=protos.number(pb.FeedImportSeverity, one.severity),
            code=one.code,
            file=one.file,
            line=one.line,
            detail=one.detail,
        )
        for one in found.rows
    ]
    return pb.ListFeedImportFindingsResponse(findings=shown, next_page_token=found.token)


@rpc
async def accept(tx: Transaction, request: pb.AcceptFeedImportRequest) -> pb.AcceptFeedImportResponse:
    """Lets it hold."""
    done = await actions.accept(tx, request.id, request.etag)
    return pb.AcceptFeedImportResponse(feed_import=_view(tx, done))


@rpc
async def drop(tx: Transaction, request: pb.DropFeedImportRequest) -> pb.DropFeedImportResponse:
    """Drops it."""
    return pb.DropFeedImportResponse(feed_import=_view(tx, await actions.drop(tx, request.id, request.etag)))


@rpc
async def retry(tx: Transaction, request: pb.RetryFeedImportRequest) -> pb.RetryFeedImportResponse:
    """Tries it once more."""
    return pb.RetryFeedImportResponse(feed_import=_view(tx, await actions.retry(tx, request.id, request.etag)))


@rpc
async def swaps(tx: Transaction, request: pb.ListFeedSwapsRequest) -> pb.ListFeedSwapsResponse:
    """Lists swaps."""
    found = await actions.swaps(tx, request.page_size, request.page_token)
    current = await feeds.current(tx)
    held = (current.feed.number, current.previous) if current else (None, None)
    shown = [_swap(*one, *held) for one in found.rows]
    return pb.ListFeedSwapsResponse(swaps=shown, next_page_token=found.token)


@rpc
async def roll_back(tx: Transaction, request: pb.RollBackFeedRequest) -> pb.RollBackFeedResponse:
    """Lets the feed before hold again."""
    swap, feed = await actions.roll_back(tx, request.feed, request.to)
    return pb.RollBackFeedResponse(swap=_swap(swap, feed, feed.number, None))


def _view(tx: Transaction, one: Import) -> pb.FeedImport:
    return pb.FeedImport(
        id=str(one.id),
        state=protos.number(pb.FeedImportState, one.state),
        source=one.source,
        accepted=bool(one.accepted_by),
        agency=one.agency,
        brought_by=one.brought_by,
        accepted_by=one.accepted_by,
        own=one.brought_by == tx.caller.subject,
        bytes=one.bytes,
        digest=one.digest,
        step=protos.number(pb.FeedImportStep, one.step) if one.step else pb.FEED_IMPORT_STEP_UNSPECIFIED,
        about=one.about,
        percent=one.percent,
        problem=one.problem,
        problem_code=one.problem_code,
        errors=one.errors,
        warnings=one.warnings,
        infos=one.infos,
        stops=one.stops,
        routes=one.routes,
        trips=one.trips,
        stop_times=one.stop_times,
        first_day=str(one.first_day or ""),
        last_day=str(one.last_day or ""),
        feed=str(one.feed or ""),
        create_time=protos.timestamp(one.created_at),
        update_time=protos.timestamp(one.updated_at),
        etag=etag.of(one.version),
        publisher=one.publisher,
        feed_version=one.feed_version,
        made_up=one.made_up,
    )


def _swap(one: Swap, feed: Feed, current: int | None, previous: int | None) -> pb.FeedSwap:
    return pb.FeedSwap(
        id=str(one.id),
        feed=str(feed.id),
        source=feed.source,
        feed_version=feed.feed_version,
        way=one.way,
        agency=one.agency,
        swapped_by=one.swapped_by,
        time=protos.timestamp(one.swapped_at),
        current=one.feed == current,
        previous=one.feed == previous,
    )
