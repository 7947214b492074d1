"""What ballots do when a process comes to its vote."""

from services.kit.database import Transaction
from services.kit.events import Event
from services.society.ballots import actions
from smartcity.society.v1 import events_pb2
from smartcity.society.v1 import processes_pb2 as pb


async def on_process_moved(tx: Transaction, event: Event[events_pb2.ProcessMoved]) -> None:
    """Its ballot is announced with its vote."""
    if event.message.phase == pb.PROCESS_PHASE_VOTE:
        await actions.begin(tx, event.message.id)
