"""Requests for own data over the real server: asked of all pillars, answered one by one, erased."""

from services.society.own_data import reactions, timers
from services.society.own_data.model import PILLARS
from smartcity.society.v1 import data_requests_pb2 as pb
from smartcity.society.v1.data_requests_pb2_grpc import DataRequestServiceStub
from smartcity.types.v1.personal_data_pb2 import PersonalDataReported
from tests.fixtures.edge import stand_before
from tests.fixtures.personal import arrived, asked
from tests.governance.conftest import RefusedError, refused, request_id
from tests.society.ballots.voting import Voting
from tests.society.pages import reader
from tests.society.residents.people import BUDI, SITI, People


async def _call(people: People, request: object, caller: object = SITI) -> object:
    import grpc.aio

    name = type(request).__name__.removesuffix("Request")
    try:
        return await people.served.call(DataRequestServiceStub, name, request, caller)  # type: ignore[arg-type]
    except grpc.aio.AioRpcError as error:
        raise RefusedError(error) from error


async def _asked(people: People, *, erase: bool = False) -> pb.DataRequest:
    request = pb.CreateDataRequestRequest(request_id=request_id(), erase=erase)
    made: pb.DataRequest = (await _call(people, request)).data_request  # type: ignore[attr-defined]
    return made


async def _answered(people: People, request: str, pillar: str, held: int = 2) -> None:
    kinds = [PersonalDataReported.Kind(kind="wallets", held=held, reason="ledger")]
    async with people.served.runtime.transaction() as tx:
        event = arrived(people.served, PersonalDataReported(request=request, kinds=kinds), pillar)
        await reactions.on_personal_data_reported(tx, event)


async def test_each_pillar_answers_for_itself_and_once(people: People) -> None:
    made = await _asked(people)
    assert [one.answered for one in made.answers] == [False] * len(PILLARS)
    with refused("DATA_REQUEST_OPEN"):
        await _asked(people)
    for pillar in (*PILLARS[:-1], PILLARS[0], "gateway"):
        await _answered(people, made.id, pillar)
    await _answered(people, made.id, PILLARS[0], 9)
    found = (await _call(people, pb.GetDataRequestRequest(id=made.id))).data_request  # type: ignore[attr-defined]
    assert not found.done, "one that is stopped answers when it is back"
    await _answered(people, made.id, PILLARS[-1])
    listed = (await _call(people, pb.ListDataRequestsRequest())).data_requests  # type: ignore[attr-defined]
    assert [(one.id, one.done) for one in listed] == [(made.id, True)]
    assert listed[0].answers[0].kinds[0].held == 2
    with refused("DATA_REQUEST_NOT_FOUND"):
        await _call(people, pb.GetDataRequestRequest(id=made.id), BUDI)
    people.served.pass_time(days=366)
    await timers.forget(people.served.runtime)
    assert await people.served.admin.fetchval("SELECT count(*) FROM society.data_answer") == 0


async def test_erasure_ends_residence_and_consents_and_tells_who_relied_on_them(people: People) -> None:
    await people.verified()
    await people.agree()
    assert await asked(people.served, reactions, SITI.subject) == {"residents": (1, 0, ""), "consents": (1, 0, "")}
    for held in (1, 0):
        told = await asked(people.served, reactions, SITI.subject, erase=True)
        assert told == {"residents": (held, held, ""), "consents": (held, held, "")}, "again is harmless"
    assert await people.told() == [("ResidencyConfirmed", SITI.subject), ("ResidencyWithdrawn", SITI.subject)]


async def test_who_was_erased_and_is_verified_anew_has_voted_still(people: People) -> None:
    voting = Voting(people.served)
    ballot, voter = await voting.held(), await voting.voter(1)
    await voting.cast(ballot, voter, 1)
    await asked(people.served, reactions, voter.subject, erase=True)
    again = await voting.voter(1)
    with refused("VOTED_ALREADY"):
        await voting.cast(ballot, again, 2)


async def test_the_page_asks_and_erases_with_a_tick(people: People) -> None:
    async with stand_before(people.served) as stand:
        siti = await reader(stand, SITI)
        asked_page = await siti.send("/sosial/data-saya", "ask-form")
        (made,) = (await _call(people, pb.ListDataRequestsRequest())).data_requests  # type: ignore[attr-defined]
        assert len(asked_page.xpath("//div[@data-pillar]")) == len(PILLARS)
        for pillar in PILLARS:
            await _answered(people, made.id, pillar)
        assert "kept for ten years" in (await siti.client.get("/sosial/data-saya")).text
        unsure = await siti.send("/sosial/data-saya", "erase-form")
        assert "Tick that you are sure" in unsure.text_content()
        page = await siti.page("/sosial/data-saya")
        (form,) = page.xpath("//form[@id='erase-form']")
        assert "being erased" in (await siti.submit(form, sure="yes")).text_content()
        await siti.client.aclose()
