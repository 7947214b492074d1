"""Photos: only the picture is kept, and only by those who may."""

import io
from pathlib import Path

import httpx
import pytest
from PIL import Image

from tests.gateway.conftest import file, new_key
from tests.gateway.running import Stand

GPS_IFD, ORIENTATION = 0x8825, 0x0112


def picture(kind: str = "JPEG", size: tuple[int, int] = (60, 40)) -> bytes:
    """A photo as a phone makes it: with position, camera and orientation."""
    image = Image.new("RGB", size, (200, 30, 30))
    image.paste((30, 30, 200), (0, 0, size[0] // 2, size[1]))
    exif = Image.Exif()
    exif[ORIENTATION] = 6
    exif[0x010F] = "Secret Phone"
    exif.get_ifd(GPS_IFD)[2] = (6.0, 59.0, 1.0)
    target = io.BytesIO()
    image.save(target, kind, exif=exif, comment=b"Siti's home")
    return target.getvalue()


async def _upload(client: httpx.AsyncClient, filed: dict[str, str], data: bytes, **headers: str) -> httpx.Response:
    sent = new_key() | {"x-link-key": filed["link_key"], "content-type": "image/jpeg"} | headers
    return await client.post(f"/v1/complaints/{filed['code']}/photos", content=data, headers=sent)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
async def test_nothing_but_the_picture_is_kept(client: httpx.AsyncClient, kind: str) -> None:
    filed = await file(client)
    answer = await _upload(client, filed, picture(kind))
    assert answer.status_code == 201, answer.text
    assert (answer.json()["width"], answer.json()["height"]) == (40, 60), "the orientation is applied"
    stored = await client.get(answer.headers["location"], headers={"x-link-key": filed["link_key"]})
    assert stored.headers["content-type"] == f"image/{kind.lower()}"
    assert len(stored.content) == answer.json()["size"]
    for trace in (b"Secret Phone", b"Siti", b"Exif", b"GPS"):
        assert trace not in stored.content
    with Image.open(io.BytesIO(stored.content)) as image:
        assert not image.getexif()


async def test_a_form_with_a_photo_is_taken(client: httpx.AsyncClient) -> None:
    filed = await file(client)
    answer = await client.post(
        f"/v1/complaints/{filed['code']}/photos",
        files={"photo": ("IMG_0001.HEIC", picture(), "application/octet-stream")},
        headers=new_key() | {"x-link-key": filed["link_key"]},
    )
    assert (answer.status_code, answer.json()["content_type"]) == (201, "image/jpeg")


async def test_a_repeated_upload_stores_one_photo(client: httpx.AsyncClient) -> None:
    filed = await file(client)
    key = new_key()["idempotency-key"]
    first, again = [await _upload(client, filed, picture(), **{"idempotency-key": key}) for _ in range(2)]
    assert (again.status_code, again.json()) == (201, first.json())


async def test_a_photo_that_was_taken_out_does_not_come_back_with_its_key(
    stand: Stand, client: httpx.AsyncClient
) -> None:
    filed = await file(client)
    key, code = {"idempotency-key": new_key()["idempotency-key"]}, filed["code"]
    added = await _upload(client, filed, picture(), **key)
    out = {"photos": [added.json()["id"]]}
    head = new_key() | {"x-link-key": filed["link_key"]}
    assert (await client.post(f"/v1/complaints/{code}/redactions", json=out, headers=head)).status_code == 200
    again = await _upload(client, filed, picture(), **key)
    assert (again.status_code, again.json()["reason"]) == (409, "PHOTO_REMOVED")
    assert [one async for batch in stand.gateway.files.under(f"complaints/{code}") for one in batch] == []


async def test_another_photo_under_the_same_key_leaves_the_first_alone(stand: Stand, client: httpx.AsyncClient) -> None:
    filed = await file(client)
    key = {"idempotency-key": new_key()["idempotency-key"]}
    first = await _upload(client, filed, picture(), **key)
    other = await _upload(client, filed, picture(size=(80, 80)), **key)
    assert (other.status_code, other.json()["reason"]) == (422, "IDEMPOTENCY_KEY_REUSED")
    stored = await client.get(first.headers["location"], headers={"x-link-key": filed["link_key"]})
    assert len(stored.content) == first.json()["size"]


async def test_a_text_with_a_photos_name_is_refused_by_its_content(client: httpx.AsyncClient) -> None:
    filed = await file(client)
    answer = await _upload(client, filed, b"GIF89a but not really")
    assert (answer.status_code, answer.json()["reason"]) == (415, "PHOTO_TYPE_NOT_TAKEN")


async def test_a_gif_is_refused(client: httpx.AsyncClient) -> None:
    filed = await file(client)
    target = io.BytesIO()
    Image.new("RGB", (4, 4)).save(target, "GIF")
    assert (await _upload(client, filed, target.getvalue())).status_code == 415


async def test_a_photo_cut_off_on_the_way_is_refused(client: httpx.AsyncClient) -> None:
    filed = await file(client)
    data = picture(size=(400, 400))
    answer = await _upload(client, filed, data[: len(data) // 2])
    assert (answer.status_code, answer.json()["reason"]) == (422, "PHOTO_BROKEN")


async def test_a_photo_that_would_fill_the_memory_is_refused(client: httpx.AsyncClient) -> None:
    filed = await file(client)
    target = io.BytesIO()
    Image.new("1", (20_000, 20_000)).save(target, "PNG")
    answer = await _upload(client, filed, target.getvalue())
    assert (answer.status_code, answer.json()["reason"]) == (413, "PHOTO_TOO_MANY_PIXELS")


async def test_a_photo_of_a_thousand_scans_is_refused_before_it_is_decoded(client: httpx.AsyncClient) -> None:
    filed = await file(client)
    target = io.BytesIO()
    Image.new("L", (3_000, 3_000)).save(target, "JPEG", progressive=True)
    data = target.getvalue()
    last = data[data.rindex(b"\xff\xda") : -2]
    answer = await _upload(client, filed, data[:-2] + last * 1_000 + data[-2:])
    assert (answer.status_code, answer.json()["reason"]) == (422, "PHOTO_BROKEN")


async def test_a_photo_with_broken_exif_is_taken(client: httpx.AsyncClient) -> None:
    filed = await file(client)
    data = (Path(__file__).parent / "broken_exif.jpg").read_bytes()  # made by changing bytes of a sound one
    assert (await _upload(client, filed, data)).status_code == 201


async def test_a_progressive_photo_is_taken(client: httpx.AsyncClient) -> None:
    filed = await file(client)
    target = io.BytesIO()
    Image.effect_noise((300, 200), 80).convert("RGB").save(target, "JPEG", progressive=True)
    assert (await _upload(client, filed, target.getvalue())).status_code == 201


async def test_a_photo_beyond_ten_megabytes_is_refused(client: httpx.AsyncClient) -> None:
    filed = await file(client)
    answer = await _upload(client, filed, b"\xff\xd8" + b"0" * (10 << 20))
    assert answer.status_code == 413


async def test_a_large_photo_is_scaled_down(client: httpx.AsyncClient) -> None:
    filed = await file(client)
    answer = await _upload(client, filed, picture(size=(5200, 2600)))
    assert max(answer.json()["width"], answer.json()["height"]) == 2560


async def test_a_stranger_adds_no_photo_and_stores_none(stand: Stand, client: httpx.AsyncClient) -> None:
    filed = await file(client)
    answer = await _upload(client, filed | {"link_key": "A" * 26}, picture())
    assert answer.status_code in (401, 403, 404)
    folder = Path(stand.settings.files_url.removeprefix("file://")) / "complaints" / filed["code"]
    assert not folder.exists()


async def test_a_photo_that_is_not_released_is_nobodys_business(client: httpx.AsyncClient) -> None:
    filed = await file(client)
    uploaded = await _upload(client, filed, picture())
    assert (await client.get(uploaded.headers["location"])).status_code == 404


async def test_the_fourth_photo_is_too_many(client: httpx.AsyncClient) -> None:
    filed = await file(client)
    for _ in range(3):
        assert (await _upload(client, filed, picture())).status_code == 201
    answer = await _upload(client, filed, picture())
    assert (answer.status_code, answer.json()["reason"]) == (409, "TOO_MANY_PHOTOS")
