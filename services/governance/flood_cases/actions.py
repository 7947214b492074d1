"""What can be done with floods that complaints belong to: one function per use case."""

from collections.abc import Sequence
from uuid import UUID

from services.governance.flood_cases import model, store
from services.governance.flood_cases.model import Flood
from services.kit.database import Transaction
from smartcity.governance.v1 import events_pb2 as pb


async def follow(
    tx: Transaction, warning: UUID, areas: Sequence[str], categories: Sequence[str], story: str, *, exercise: bool
) -> None:
    """Open complaints of these categories there belong to the flood, drills' to drills. Again nothing is told twice."""
    await one_at_a_time(tx)
    one = await store.get(tx, warning, lock=True)
    if one is None:
        one = Flood(warning, 0, story, exercise, 0, tx.now)
        await store.save(tx, one)
    if one.over_at is None:
        await _grow(tx, one, await store.link_open(tx, one, areas, categories))


async def filed(tx: Transaction, complaint: UUID, area: str, *, exercise: bool) -> None:
    """A complaint about water was filed: it belongs to the floods that there are in its kelurahan."""
    await one_at_a_time(tx)
    for warning in sorted(await store.link_filed(tx, complaint, area, exercise=exercise)):
        one = await store.get(tx, warning, lock=True)
        assert one is not None, "links are of floods that are there"
        await _grow(tx, one, 1)


async def corrected(tx: Transaction, complaint: UUID, area: str, *, exercise: bool) -> None:
    """A complaint is about water there after all, or about none (no ``area``): it belongs to the floods of that place
    and to no others. Those that were over stay as they were.
    """
    await one_at_a_time(tx)
    for warning in sorted(await store.unlink(tx, complaint, area)):
        one = await store.get(tx, warning, lock=True)
        assert one is not None, "links are of floods that are there"
        await store.save(tx, model.shrunk(one))
    if area:
        await filed(tx, complaint, area, exercise=exercise)


async def over(tx: Transaction, warning: UUID) -> None:
    """The warning is over."""
    one = await store.get(tx, warning, lock=True)
    if one is not None:
        await store.save(tx, model.over(one, tx.now))


async def forget(tx: Transaction) -> None:
    """Takes away floods, with what belonged to them, that were over long ago."""
    await store.forget(tx, tx.now - model.KEPT)


async def one_at_a_time(tx: Transaction) -> None:
    """One at a time makes links, so that what is filed while a flood begins is linked by one or the other."""
    await tx.one_at_a_time("floods and complaints")


async def _grow(tx: Transaction, one: Flood, complaints: int) -> None:
    if not complaints:
        return
    after = model.grown(one, complaints)
    await store.save(tx, after)
    if not model.is_told(one.complaints, after.complaints):
        return
    told = pb.ComplaintsLinked(warning=str(one.id), complaints=complaints, total=after.complaints)
    tx.emit(told, aggregate=str(one.id), version=after.version, correlation=one.story, exercise=one.exercise)
