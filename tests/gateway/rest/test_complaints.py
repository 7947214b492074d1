"""Complaints over REST, against a real governance pillar."""

from typing import Any

import httpx

from services.kit import codes
from tests.gateway.conftest import WASTE, file, new_key
from tests.gateway.running import Stand


async def test_a_filed_complaint_says_where_it_went_and_why(client: httpx.AsyncClient) -> None:
    answer = await client.post("/v1/complaints", json=WASTE, headers=new_key())
    body = answer.json()
    assert answer.status_code == 201, body
    assert answer.headers["location"] == f"/v1/complaints/{body['code']}"
    assert (body["agency"]["id"], body["area"]["district"]) == ("dlh", "Semarang Tengah")
    assert body["routing"]["why_en"]
    assert body["due"]["verification"].endswith("Z")
    assert len(body["link_key"]) >= 26


async def test_of_a_case_that_is_open_nobody_is_asked_to_judge(client: httpx.AsyncClient) -> None:
    filed = (await client.post("/v1/complaints", json=WASTE, headers=new_key())).json()
    key = {"x-link-key": filed["link_key"]}
    answer = await client.get(f"/v1/complaints/{filed['code']}/survey-invitation", headers=key)
    assert (answer.status_code, answer.json()["link_key"]) == (200, "")


async def test_who_opens_a_survey_and_is_not_the_reporter_is_told_so(stand: Stand, client: httpx.AsyncClient) -> None:
    """Before: PHOTO_NOT_YOURS, that they may not add photos."""
    path = f"/v1/complaints/{(await file(client))['code']}/survey-invitation"
    for headers in ({}, {"x-link-key": "another"}, await stand.bearer("warga"), await stand.bearer("petugas-dlh")):
        answer = await client.get(path, headers=headers)
        problem = answer.json()
        assert (answer.status_code, problem["reason"]) == (403, "LINK_KEY_REQUIRED"), headers
        assert [each["field"] for each in problem["errors"]] == ["X-Link-Key"]


async def test_a_missing_idempotency_key_is_asked_for(client: httpx.AsyncClient) -> None:
    answer = await client.post("/v1/complaints", json=WASTE)
    assert (answer.status_code, answer.json()["reason"]) == (400, "IDEMPOTENCY_KEY_MISSING")
    assert answer.headers["content-type"] == "application/problem+json"


async def test_the_same_key_and_body_answer_alike(client: httpx.AsyncClient) -> None:
    key = new_key()
    first = await client.post("/v1/complaints", json=WASTE, headers=key)
    again = await client.post("/v1/complaints", json=WASTE, headers=key)
    assert (again.status_code, again.json()) == (201, first.json())


async def test_the_same_key_with_another_body_is_refused(client: httpx.AsyncClient) -> None:
    key = new_key()
    await client.post("/v1/complaints", json=WASTE, headers=key)
    answer = await client.post("/v1/complaints", json=WASTE | {"secret": True}, headers=key)
    assert (answer.status_code, answer.json()["reason"]) == (422, "IDEMPOTENCY_KEY_REUSED")


async def test_a_key_is_bound_to_its_caller(stand: Stand, client: httpx.AsyncClient) -> None:
    key = new_key()
    first = await client.post("/v1/complaints", json=WASTE, headers=key)
    other = await client.post("/v1/complaints", json=WASTE, headers=key | await stand.bearer("warga"))
    assert other.status_code == 201
    assert other.json()["code"] != first.json()["code"]


async def test_the_code_alone_reads_the_timeline_but_not_the_words(client: httpx.AsyncClient) -> None:
    filed = await file(client)
    seen = (await client.get(f"/v1/complaints/{filed['code']}")).json()
    assert [each["type"] for each in seen["timeline"]] == ["smartcity.governance.v1.ComplaintFiled"]
    assert seen["text"] == ""
    assert "link_key" not in seen


async def test_the_link_key_shows_the_words(client: httpx.AsyncClient) -> None:
    filed = await file(client)
    seen = await client.get(f"/v1/complaints/{filed['code']}", headers={"x-link-key": filed["link_key"]})
    assert seen.json()["text"] == WASTE["text"]


async def test_a_reader_who_has_the_version_is_shown_what_they_may_see_now(client: httpx.AsyncClient) -> None:
    filed = await file(client)
    path, key = f"/v1/complaints/{filed['code']}", {"x-link-key": filed["link_key"]}
    mine = await client.get(path, headers=key)
    again = await client.get(path, headers={"if-none-match": mine.headers["etag"]})
    assert again.status_code == 200, "of the same version, but shown otherwise"
    assert (mine.json()["text"], again.json()["text"]) == (WASTE["text"], "")


async def test_a_reader_who_has_what_they_may_see_gets_no_body(client: httpx.AsyncClient) -> None:
    filed = await file(client)
    path, key = f"/v1/complaints/{filed['code']}", {"x-link-key": filed["link_key"]}
    for who in (key, {}):
        first = await client.get(path, headers=who)
        again = await client.get(path, headers=who | {"if-none-match": first.headers["etag"]})
        assert (again.status_code, again.content) == (304, b"")
        for name in ("etag", "cache-control"):
            assert again.headers[name] == first.headers[name]
        assert {"Authorization", "Cookie", "X-Link-Key"} <= set(again.headers["vary"].split(", "))


async def test_unknown_and_secret_complaints_answer_alike(client: httpx.AsyncClient) -> None:
    secret = await file(client, secret=True)
    wanted = {"status", "title", "detail", "reason", "type"}
    answers = [await client.get(f"/v1/complaints/{code}") for code in (secret["code"], other_code(secret["code"]))]
    first, second = ({key: each.json()[key] for key in wanted} for each in answers)
    assert first["status"] == 404
    assert first == second


def other_code(code: str) -> str:
    """A valid code that nobody has."""
    found = codes.new("SMG", codes.SHORT + 2)
    assert found != code
    return found


async def _move(client: httpx.AsyncClient, code: str, headers: dict[str, str], **body: Any) -> httpx.Response:
    return await client.post(f"/v1/complaints/{code}/transitions", json=body, headers=headers)


async def test_an_officer_moves_a_complaint_with_the_version_they_saw(stand: Stand, client: httpx.AsyncClient) -> None:
    filed = await file(client)
    verifier = await stand.bearer("verifikator")
    seen = await client.get(f"/v1/complaints/{filed['code']}", headers=verifier)
    assert "verify" in seen.json()["transitions"]
    # Weak, as it may come packed, and with the bytes behind the version. It is taken as If-Match all the same.
    assert seen.headers["etag"].startswith(f'W/"{seen.json()["etag"]}.'), "quoted once, as HTTP wants it"
    moved = await _move(client, filed["code"], verifier | {"if-match": seen.headers["etag"]}, transition="verify")
    assert moved.status_code == 200, moved.text
    assert moved.json()["state"] == "assigned"
    stale = await _move(client, filed["code"], verifier | {"if-match": seen.headers["etag"]}, transition="verify")
    assert (stale.status_code, stale.json()["reason"]) == (412, "STALE_ETAG")


async def test_a_move_without_the_version_is_asked_for_it(stand: Stand, client: httpx.AsyncClient) -> None:
    filed = await file(client)
    answer = await _move(client, filed["code"], await stand.bearer("verifikator"), transition="verify")
    assert (answer.status_code, answer.json()["reason"]) == (428, "IF_MATCH_MISSING")


async def test_a_reporter_withdraws_only_the_version_that_they_name(client: httpx.AsyncClient) -> None:
    filed = await file(client)
    path, key = f"/v1/complaints/{filed['code']}", {"x-link-key": filed["link_key"]}
    stale = await client.post(f"{path}/withdrawal", headers=new_key() | key | {"if-match": '"99"'})
    assert (stale.status_code, stale.json()["reason"]) == (412, "STALE_ETAG")
    seen = await client.get(path, headers=key)
    assert seen.json()["state"] == "filed"
    again = new_key() | key | {"if-match": seen.headers["etag"]}
    done = await client.post(f"{path}/withdrawal", headers=again)
    assert (done.status_code, done.json()["state"]) == (200, "withdrawn")
    assert (await client.post(f"{path}/withdrawal", headers=again)).json() == done.json()


async def test_what_compares_no_version_is_not_done_under_one(client: httpx.AsyncClient) -> None:
    key = new_key()
    refused = await client.post("/v1/complaints", json=WASTE, headers=key | {"if-match": '"1"'})
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "If-Match")
    made = await client.post("/v1/complaints", json=WASTE, headers=key)
    assert made.status_code == 201, "the key was not used"


async def test_a_citizen_may_not_move_a_complaint(stand: Stand, client: httpx.AsyncClient) -> None:
    filed = await file(client)
    headers = await stand.bearer("warga") | {"if-match": '"1"'}
    answer = await _move(client, filed["code"], headers, transition="verify")
    assert answer.status_code == 403


async def test_nobody_lists_complaints_without_a_login(client: httpx.AsyncClient) -> None:
    answer = await client.get("/v1/complaints")
    assert (answer.status_code, answer.json()["reason"]) == (401, "LOGIN_REQUIRED")


async def test_officers_page_through_their_own_complaints(stand: Stand, client: httpx.AsyncClient) -> None:
    for _ in range(2):
        await file(client)
    headers = await stand.bearer("petugas-dlh")
    first = await client.get("/v1/complaints", params={"page_size": 1, "state": "filed"}, headers=headers)
    assert first.status_code == 200, first.text
    token = first.json()["next_page_token"]
    second = await client.get(
        "/v1/complaints", params={"page_size": 1, "state": "filed", "page_token": token}, headers=headers
    )
    codes = [each["code"] for page in (first, second) for each in page.json()["complaints"]]
    assert len(set(codes)) == 2
    assert {each["agency"]["id"] for page in (first, second) for each in page.json()["complaints"]} == {"dlh"}


async def test_joining_twice_with_one_key_counts_once(client: httpx.AsyncClient) -> None:
    filed = await file(client)
    key = new_key()
    answers = [await client.post(f"/v1/complaints/{filed['code']}/me-too", headers=key) for _ in range(2)]
    first, again = (each.json() for each in answers)
    assert first == again
    assert (first["code"], first["supporters"], first["counted"]) == (filed["code"], 1, True)


async def test_a_citizen_joins_once_however_often_they_ask(stand: Stand, client: httpx.AsyncClient) -> None:
    filed = await file(client)
    citizen = await stand.bearer("warga")
    answers = [await client.post(f"/v1/complaints/{filed['code']}/me-too", headers=new_key() | citizen) for _ in "12"]
    assert [each.json()["supporters"] for each in answers] == [1, 1]


async def test_a_complaint_that_is_known_already_is_found(client: httpx.AsyncClient) -> None:
    filed = await file(client)
    answer = await client.post("/v1/complaints/similar", json={key: WASTE[key] for key in ("text", "location")})
    assert (
        filed["code"] in [each["code"] for each in answer.json()["complaints"]] or len(answer.json()["complaints"]) == 5
    )


async def test_text_of_which_nothing_is_seen_may_not_be_long_either(client: httpx.AsyncClient) -> None:
    body = {"text": "\u200b" * 80_000, "location": {"lon": 110.4, "lat": -6.98}}
    answer = await client.post("/v1/complaints/similar", json=body)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "text")


async def test_a_long_address_is_not_repeated_whole(client: httpx.AsyncClient) -> None:
    answer = await client.get(f"/v1/complaints/{'A' * 5_000}")
    assert (answer.status_code, len(answer.content) < 1_000) == (422, True)


async def test_the_reporter_withdraws_with_the_link_key(client: httpx.AsyncClient) -> None:
    filed = await file(client)
    url = f"/v1/complaints/{filed['code']}/withdrawal"
    refused = await client.post(url, headers=new_key())
    assert refused.status_code in (401, 403, 404)
    done = await client.post(url, headers=new_key() | {"x-link-key": filed["link_key"]})
    assert (done.status_code, done.json()["state"]) == (200, "withdrawn")


async def test_rating_what_is_not_resolved_is_refused_with_a_reason(client: httpx.AsyncClient) -> None:
    filed = await file(client)
    headers = new_key() | {"x-link-key": filed["link_key"]}
    answer = await client.post(f"/v1/complaints/{filed['code']}/rating", json={"rating": 5}, headers=headers)
    assert answer.status_code == 409
    assert answer.json()["reason"]


async def test_an_officer_reads_the_contact_with_a_purpose_and_the_reporter_sees_who(
    stand: Stand, client: httpx.AsyncClient
) -> None:
    filed = await file(client)
    url = f"/v1/complaints/{filed['code']}/contact"
    officer = await stand.bearer("petugas-dlh")
    without = await client.post(f"{url}/readings", json={}, headers=officer)
    assert without.status_code == 422, without.text
    found = await client.post(f"{url}/readings", json={"purpose": "Menanyakan letak pasti"}, headers=officer)
    assert found.json()["email"] == "siti@example.org"
    reads = await client.get(f"{url}/reads", headers={"x-link-key": filed["link_key"]})
    assert [each["purpose"] for each in reads.json()["reads"]] == ["Menanyakan letak pasti"]


async def test_an_erased_contact_is_gone(client: httpx.AsyncClient) -> None:
    filed = await file(client)
    url, key = f"/v1/complaints/{filed['code']}/contact", {"x-link-key": filed["link_key"]}
    erased = await client.delete(url, headers=new_key() | key)
    assert erased.status_code == 200, erased.text
    assert (await client.post(f"{url}/readings", headers=key)).status_code == 404


async def test_the_receipt_holds_the_chain(client: httpx.AsyncClient) -> None:
    filed = await file(client)
    answer = await client.get(f"/v1/complaints/{filed['code']}/receipt", headers={"x-link-key": filed["link_key"]})
    assert answer.status_code == 200, answer.text
    assert [each["number"] for each in answer.json()["entries"]] == [1]


async def test_anybody_lists_the_seals(client: httpx.AsyncClient) -> None:
    answer = await client.get("/v1/receipts/seals")
    assert answer.status_code == 200
    assert answer.json()["keys"]


async def test_a_draft_rule_set_is_tried(stand: Stand, client: httpx.AsyncClient) -> None:
    await file(client)
    rules = "order,category,area,agency,why_id,why_en\n1,*,*,setda,Semua ke Setda.,All to Setda.\n"
    body: dict[str, Any] = {"rules_csv": rules, "last": 10}
    answer = await client.post("/v1/routing/simulations", json=body, headers=await stand.bearer("admin"))
    assert answer.status_code == 200, answer.text
    assert answer.json()["changed"] >= 1


async def test_a_text_suggests_its_category_and_agency(client: httpx.AsyncClient) -> None:
    answer = await client.post("/v1/routing/suggestions", json={"text": "lampu jalan mati sejak seminggu"})
    assert answer.json()["suggestions"][0]["category"]["id"] == "pju-mati"
