"""What is kept of a request tells nothing of a person to whoever has the database alone."""

import hashlib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from google.protobuf.descriptor import Descriptor
from google.protobuf.message import Message

import services
from deploy.pillars import pillars
from services.kit.caller import Caller, Scope
from services.kit.database.idempotency import Claim, keep, once, recall
from services.kit.database.masking import key_of, masked
from services.kit.errors import DomainError
from services.kit.rpc.contract import rpcs_of
from services.kit.rpc.rules import Field, fields_of
from services.kit.runtime import Runtime
from smartcity.environment.v1 import warning_subscriptions_pb2 as environment
from smartcity.governance.v1 import complaints_pb2 as governance
from tests.kit.conftest import World

SITI = Caller("siti", frozenset({"citizen"}))
KEY = key_of(b"a secret of the city", "tests")
ADDRESS, OTHER = "siti@contoh.id", "budi@contoh.id"
TELLING = re.compile(
    "names?|holder|e?mail|(tele)?phone|nik|birth_date|address|contact|person|author|applicant|participant|rider|crew"
    "|reporter|caller|number|label|plate|nib"
)
"""How fields are called that may tell who somebody is."""
SHOWN, ITS_OWN = "everybody is shown it", "the pillar has it in the clear beside"
KNOWN = {
    "CreateUnitRequest.name": "of a vehicle",
    "CreateMerchantRequest.name": SHOWN,
    "CreateAccountChangeRequest.settlement_account.number": ITS_OWN,
    "CreateMerchantRequest.settlement_account.number": ITS_OWN,
    "CreateTerminalRequest.terminal.label": "of a till",
    "UpdateTerminalRequest.label": "of a till",
    "UpdateTerminalRequest.terminal.label": "of a till",
    "CreatePermitRequest.name": SHOWN,
    "UpdatePermitRequest.name": SHOWN,
    "CreatePermitRequest.nib": ITS_OWN,
    "UpdatePermitRequest.nib": ITS_OWN,
    "TransitionPermitRequest.nib": ITS_OWN,
    "PayBillRequest.number": "of a bill",
    "CancelBillRequest.number": "of a bill",
    "VoidPaperNumberRequest.number": "of a sheet of paper",
    "BlockCardRequest.number": ITS_OWN,
    "UnblockCardRequest.number": ITS_OWN,
    "SettleCardRequest.number": ITS_OWN,
    "CreateConcessionRequest.rider": "a class of passengers",
    "CreateFacilityCorrectionRequest.name": SHOWN,
    "CreateFeedImportRequest.name": "of a timetable",
    "RegisterVehicleRequest.label": "of a bus",
    "RegisterVehicleRequest.plate": "of a bus",
    "UpdateVehicleRequest.label": "of a bus",
    "UpdateVehicleRequest.plate": "of a bus",
    "DispatchCleanupRequest.crew": ITS_OWN,
    "AddDatastreamRequest.name": "of a thing that measures",
    "IssueDeviceRequest.name": "of a thing that measures",
    "UploadObservationsRequest.series.name": "of a thing that measures",
    "AddRuleRequest.name": "of a rule",
    "RegisterThingRequest.name": "of a thing that measures",
    "CreateCityEventRequest.content.name": SHOWN,
    "UpdateCityEventRequest.content.name": SHOWN,
    "CreateGateRequest.name": "of a gate",
    "ChangeTicketTypeRequest.gates.names": "of gates",
    "CreateDestinationPhotoRequest.author": SHOWN,
}
"""Fields of writes that are called so and are not personal, and why."""


@pytest.fixture
async def runtime(world: World) -> Runtime:
    made = await world.runtime("environment")
    made.masking = KEY
    return made


def subscription(email: str = ADDRESS) -> environment.CreateWarningSubscriptionRequest:
    return environment.CreateWarningSubscriptionRequest(request_id="key-1", email=email, areas=["33.74.01.1010"])


def complaint(email: str = ADDRESS, **fields: Any) -> governance.CreateComplaintRequest:
    return governance.CreateComplaintRequest(
        request_id="key-1", text="Lampu mati.", contact=governance.Contact(email=email), **fields
    )


def unkeyed(request: Message) -> bytes:
    return hashlib.sha256(request.SerializeToString(deterministic=True)).digest()


async def ask(runtime: Runtime, request: Any) -> str:
    """Does it unless it was done before, and tells by which process that was."""

    async def act() -> governance.WithdrawComplaintRequest:
        return governance.WithdrawComplaintRequest(code=runtime.owner)

    async with runtime.transaction(SITI, Scope.OWN) as tx:
        done = await once(tx, request.request_id, request, act, governance.WithdrawComplaintRequest)
    return done.code


async def kept(world: World) -> list[bytes]:
    return [row["request_hash"] for row in await world.admin.fetch("SELECT * FROM environment.idempotency_key")]


async def test_who_has_the_database_alone_cannot_try_addresses_out(world: World, runtime: Runtime) -> None:
    await ask(runtime, subscription())
    (found,) = await kept(world)
    guesses = [unkeyed(masked(subscription(), key)) for key in (None, b"", bytes(32), key_of(b"another", "tests"))]
    assert found not in guesses
    assert found == unkeyed(masked(subscription(), KEY))


async def test_a_repeat_is_answered_in_every_process_and_another_address_is_another_request(
    world: World, runtime: Runtime
) -> None:
    other = await world.runtime("environment")
    other.masking = KEY
    assert [await ask(each, subscription()) for each in (runtime, other)] == [runtime.owner] * 2
    for each in (runtime, other):
        with pytest.raises(DomainError, match="another request"):
            await ask(each, subscription(OTHER))
    assert len(await kept(world)) == 1


async def test_what_a_process_without_a_secret_keeps_nobody_can_use(world: World) -> None:
    one, other = [await world.runtime("environment") for _ in range(2)]
    await ask(one, subscription())
    with pytest.raises(DomainError, match="another request"):
        await ask(other, subscription())


async def test_a_repeat_of_what_a_version_before_kept_is_answered(world: World, runtime: Runtime) -> None:
    await ask(runtime, subscription())
    await world.admin.execute("UPDATE environment.idempotency_key SET request_hash = $1", unkeyed(subscription()))
    assert await ask(runtime, subscription()) == runtime.owner
    with pytest.raises(DomainError, match="another request"):
        await ask(runtime, subscription(OTHER))


async def test_a_batch_masks_alike_and_knows_what_a_version_before_kept(world: World, runtime: Runtime) -> None:
    def claim(request: Any) -> Claim:
        return Claim("siti", request.request_id, request, KEY)

    async with runtime.transaction() as tx:
        await tx.together(keep([claim(complaint())], [b"filed"]))
    for before in (None, unkeyed(complaint())):
        if before is not None:
            await world.admin.execute("UPDATE environment.idempotency_key SET request_hash = $1", before)
        else:
            assert await kept(world) == [unkeyed(masked(complaint(), KEY))] != [unkeyed(complaint())]
        async with runtime.transaction() as tx:
            (again,) = await recall(tx, [claim(complaint(origin={"network": "another"}))])
            (other,) = await recall(tx, [claim(complaint(OTHER))])
        assert again == b"filed"
        assert isinstance(other, DomainError)


def test_only_what_is_personal_is_masked_and_the_request_itself_stays() -> None:
    request = complaint(origin={"network": "one"}, landmark="Dekat pasar")
    shown = masked(request, KEY)
    assert shown.contact.email not in ("", ADDRESS)
    assert not shown.HasField("origin")
    shown.contact.email, request.origin.network = ADDRESS, ""
    request.ClearField("origin")
    assert shown == request == complaint(landmark="Dekat pasar")


def test_what_was_not_given_is_the_same_under_every_key() -> None:
    assert masked(complaint(""), KEY) == masked(complaint(""), b"another")


def test_a_request_without_personal_data_is_not_copied() -> None:
    request = governance.WithdrawComplaintRequest(request_id="key-1", code="SMG-0001-00")
    assert masked(request, KEY) is request


def texts(message: Descriptor, path: str) -> Iterator[tuple[str, Field]]:
    for field in fields_of(message):
        inner, at = field.descriptor.message_type, f"{path}.{field.descriptor.name}"
        if inner is not None:
            yield from texts(inner, at)
        elif field.is_text:
            yield at, field


def written() -> Iterator[tuple[str, str, Field]]:
    """Pillar, path and field of all texts of writes."""
    for name, pillar in pillars().items():
        for rpc in (rpc for service in pillar.served() for rpc in rpcs_of(service) if rpc.is_write):
            for path, field in texts(rpc.method.input_type, rpc.method.input_type.name):
                yield name, path, field


def test_a_field_of_a_write_that_may_tell_who_somebody_is_says_whether_it_is_personal() -> None:
    named = {path: field.rules.personal for _, path, field in written() if TELLING.fullmatch(field.descriptor.name)}
    assert {path for path, personal in named.items() if not personal} == set(KNOWN), (
        "declare it in its rules, `personal: true`, or say here why it is not"
    )


def test_each_pillar_that_takes_personal_data_makes_a_key_of_its_secret() -> None:
    root = Path(services.__path__[0])
    for pillar in {pillar for pillar, _, field in written() if field.rules.personal}:
        made = "runtime.masking = key_of(" in (root / pillar / "preparing.py").read_text(encoding="utf-8")
        assert made, f"a field is personal: `prepare` in services/{pillar}/preparing.py has to make `runtime.masking`"
