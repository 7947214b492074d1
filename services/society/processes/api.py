"""ProcessService over gRPC: proto -> action -> proto."""

from collections.abc import Sequence
from datetime import date

from services.kit.database import Transaction
from services.kit.errors import invalid
from services.kit.rpc import etag, protos, rpc
from services.society.kinds.profile import participation_of
from services.society.processes import actions
from services.society.processes.model import Dates, Phase, Process, Step, Voters, Words
from smartcity.society.v1 import processes_pb2 as pb
from smartcity.types.v1 import place_pb2
from smartcity.types.v1.money_pb2 import Money

MOST_BUDGET = 1_000_000_000_000
MOST_AREAS = 50


@rpc
async def read(tx: Transaction, request: pb.GetProcessRequest) -> pb.GetProcessResponse:
    """Reads one."""
    found = await actions.known(tx, request.id)
    return pb.GetProcessResponse(process=view(tx, found, await actions.steps(tx, found)))


@rpc
async def page(tx: Transaction, request: pb.ListProcessesRequest) -> pb.ListProcessesResponse:
    """Lists them, the newest first."""
    phases = protos.members(pb.ProcessPhase, request.phases, Phase)
    found = await actions.page(tx, phases, request.area, request.page_size, request.page_token)
    return pb.ListProcessesResponse(processes=[view(tx, one) for one in found.rows], next_page_token=found.token)


@rpc
async def create(tx: Transaction, request: pb.CreateProcessRequest) -> pb.CreateProcessResponse:
    """Writes a draft."""
    made = await actions.create(
        tx, request.kind, request.area, _words(tx, request), _voters(request), _dates(request),
        budgeted=request.HasField("budget"),
    )  # fmt: skip
    return pb.CreateProcessResponse(process=view(tx, made))


@rpc
async def rewrite(tx: Transaction, request: pb.UpdateProcessRequest) -> pb.UpdateProcessResponse:
    """Writes one anew."""
    words, voters, dates = _words(tx, request), _voters(request), _dates(request)
    done = await actions.rewrite(tx, request.id, request.etag, words, voters, dates, request.reason)
    return pb.UpdateProcessResponse(process=view(tx, done, await actions.steps(tx, done)))


@rpc
async def discard(tx: Transaction, request: pb.DeleteProcessRequest) -> pb.DeleteProcessResponse:
    """Throws a draft away."""
    return pb.DeleteProcessResponse(id=str(await actions.discard(tx, request.id, request.etag)))


@rpc
async def move(tx: Transaction, request: pb.MoveProcessRequest) -> pb.MoveProcessResponse:
    """Moves one by hand."""
    to = protos.member(pb.ProcessPhase, request.phase, Phase)
    done = await actions.move(tx, request.id, request.etag, to, request.reason)
    return pb.MoveProcessResponse(process=view(tx, done, await actions.steps(tx, done)))


def _words(tx: Transaction, request: pb.CreateProcessRequest | pb.UpdateProcessRequest) -> Words:
    return Words(
        title=" ".join(request.title.split()),
        title_en=" ".join(request.title_en.split()),
        summary=request.summary,
        summary_en=request.summary_en,
        rt=" ".join(request.rt.split()),
        regulation=" ".join(request.regulation.split()),
        budget=_units(tx, request.budget) if request.HasField("budget") else 0,
    )


def _units(tx: Transaction, given: Money) -> int:
    if given.currency != tx.runtime.city.currency:
        raise invalid("CURRENCY_UNKNOWN", f"Amounts are in {tx.runtime.city.currency}.", field="budget")
    if not 0 <= given.units <= MOST_BUDGET:
        raise invalid("AMOUNT_INVALID", f"Give a whole amount of at most {MOST_BUDGET:,}.", field="budget")
    return given.units


def _voters(request: pb.CreateProcessRequest | pb.UpdateProcessRequest) -> Voters | None:
    if not request.HasField("voters"):
        return None
    given = request.voters
    if len(given.areas) > MOST_AREAS:
        message = f"Name at most {MOST_AREAS} areas; a kecamatan or the city counts with all that lies in it."
        raise invalid("PROCESS_VOTERS_INVALID", message, field="areas")
    try:
        cut_off = date.fromisoformat(given.cut_off) if given.cut_off else None
    except ValueError as error:
        raise invalid("DAY_INVALID", "There is no such day. Give it as 2026-12-31.", field="cut_off") from error
    return Voters(given.min_age, tuple(given.areas), cut_off)


def _dates(request: pb.CreateProcessRequest | pb.UpdateProcessRequest) -> Dates:
    return Dates(**{field.name: protos.instant(at) for field, at in request.dates.ListFields()})


def view(tx: Transaction, one: Process, steps: Sequence[Step] = ()) -> pb.Process:
    """A process as the contract has it."""
    city, voters = tx.runtime.city, one.voters
    known = participation_of(city)
    kind = known.kind(one.kind) if known else None
    return pb.Process(
        id=str(one.id),
        kind=one.kind,
        kind_name=kind.name_id if kind else one.kind,
        kind_name_en=kind.name_en if kind else one.kind,
        title=one.title,
        title_en=one.title_en,
        summary=one.summary,
        summary_en=one.summary_en,
        agency=protos.agency(city, one.agency),
        area=protos.area(city, one.area) or place_pb2.Area(code=one.area, name=one.area),
        rt=one.rt,
        phase=protos.number(pb.ProcessPhase, one.phase),
        dates=_shown(one.dates),
        due_time=protos.timestamp(one.due_at),
        votes=one.votes,
        voters=_who(voters) if voters else None,
        regulation=one.regulation,
        basis=kind.basis if kind else "",
        budget=Money(currency=city.currency, units=one.budget) if one.budget else None,
        steps=[_step(each) for each in steps],
        create_time=protos.timestamp(one.created_at),
        update_time=protos.timestamp(one.updated_at),
        etag=etag.of(one.version),
        ballot=str(one.ballot or ""),
        ballot_counted=one.ballot_counted,
    )


def _shown(dates: Dates) -> pb.ProcessDates:
    return pb.ProcessDates(**{name: protos.timestamp(at) for name, at in vars(dates).items() if at is not None})


def _who(voters: Voters) -> pb.ProcessVoters:
    return pb.ProcessVoters(min_age=voters.min_age, areas=voters.areas, cut_off=str(voters.cut_off or ""))


def _step(one: Step) -> pb.ProcessStep:
    return pb.ProcessStep(
        phase=protos.number(pb.ProcessPhase, one.phase),
        before=protos.number(pb.ProcessPhase, one.before),
        automatic=one.automatic,
        agency=one.agency,
        reason=one.reason,
        time=protos.timestamp(one.at),
    )
