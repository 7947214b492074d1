"""Small pictures of photos: what pages show before anybody taps."""

import io
import random
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest
from PIL import Image

from gateway.photos.orphans import AGE
from gateway.photos.store import small_of
from gateway.photos.worker import SMALL_BYTES, SMALL_SIDE, clean
from tests.gateway.conftest import file, new_key
from tests.gateway.running import Stand

CAMERA = (1600, 1200)


def camera_photo(size: tuple[int, int] = CAMERA, seed: int = 1) -> bytes:
    """A photo with as much in it as one of a street: coarse shapes, and grain over all of them."""
    draw = random.Random(seed)
    coarse = Image.new("RGB", (size[0] // 40, size[1] // 40))
    coarse.putdata([tuple(draw.randrange(256) for _ in range(3)) for _ in range(coarse.width * coarse.height)])
    image = coarse.resize(size, Image.Resampling.BICUBIC)
    grain = Image.effect_noise(size, 40).convert("RGB")
    target = io.BytesIO()
    Image.blend(image, grain, 0.15).save(target, "JPEG", quality=80)
    return target.getvalue()


def opened(data: bytes) -> Any:
    return Image.open(io.BytesIO(data))


async def upload(client: httpx.AsyncClient, filed: dict[str, str], data: bytes) -> dict[str, Any]:
    sent = new_key() | {"x-link-key": filed["link_key"], "content-type": "image/jpeg"}
    answer = await client.post(f"/v1/complaints/{filed['code']}/photos", content=data, headers=sent)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


async def shown(
    client: httpx.AsyncClient, filed: dict[str, str], photo: str, small: str = "?kecil=1"
) -> httpx.Response:
    """A photo as the page of its reporter asks for it."""
    key = {"k": filed["link_key"]}
    await client.get(f"/lapor/{filed['code']}", params=key)  # the key goes into a cookie
    return await client.get(f"/lapor/{filed['code']}/foto/{photo}{small}")


@pytest.mark.parametrize(("kind", "mode"), [("JPEG", "RGB"), ("PNG", "RGBA"), ("PNG", "P"), ("WEBP", "RGB")])
def test_the_worker_makes_a_small_one_of_every_kind(kind: str, mode: str) -> None:
    target = io.BytesIO()
    Image.new(mode, (900, 300), 3 if mode == "P" else (200, 30, 30)[: len(mode)] + (90,) * (len(mode) - 3)).save(
        target, kind
    )
    small = opened(clean(kind, target.getvalue())[3])
    assert (small.format, small.size) == ("WEBP", (SMALL_SIDE, 133))


def test_a_busy_picture_is_no_larger_than_the_page_has_room_for() -> None:
    for seed in range(3):
        small = clean("JPEG", camera_photo(seed=seed))[3]
        assert len(small) <= SMALL_BYTES
        assert opened(small).size == (400, 300)
    target = io.BytesIO()
    Image.effect_noise((800, 600), 120).convert("RGB").save(target, "JPEG", quality=90)
    assert len(clean("JPEG", target.getvalue())[3]) <= SMALL_BYTES, "nor is one of nothing but noise"


def test_a_picture_that_is_small_already_is_not_made_larger() -> None:
    assert opened(clean("JPEG", camera_photo((60, 40)))[3]).size == (60, 40)


async def test_a_page_shows_small_pictures_and_leads_to_the_photos(client: httpx.AsyncClient) -> None:
    filed = await file(client)
    photo = await upload(client, filed, camera_photo())
    small, whole = await shown(client, filed, photo["id"]), await shown(client, filed, photo["id"], "")
    assert small.headers["content-type"] == "image/webp"
    assert len(small.content) < SMALL_BYTES < len(whole.content) == photo["size"]
    page = (await client.get(f"/lapor/{filed['code']}")).text
    address = f"/lapor/{filed['code']}/foto/{photo['id']}"
    assert f'<a href="{address}"><img src="{address}?kecil=1"' in page
    assert 'loading="lazy" decoding="async" width="200" height="150"' in page


async def test_who_may_not_see_a_photo_sees_no_small_one(client: httpx.AsyncClient, stand: Stand) -> None:
    filed = await file(client)
    photo = await upload(client, filed, camera_photo((800, 600)))
    async with stand.client() as stranger:
        assert (await stranger.get(f"/lapor/{filed['code']}/foto/{photo['id']}?kecil=1")).status_code == 404


async def test_a_photo_is_asked_for_again_each_time_so_that_who_sits_there_next_may_not_see_it(
    client: httpx.AsyncClient, stand: Stand
) -> None:
    filed = await file(client)
    photo = await upload(client, filed, camera_photo((800, 600)))
    address = f"/lapor/{filed['code']}/foto/{photo['id']}?kecil=1"
    seen = await shown(client, filed, photo["id"])
    assert (seen.headers["cache-control"], seen.headers["vary"]) == ("private, no-cache", "Cookie")
    has = {"if-none-match": seen.headers["etag"]}
    assert (await client.get(address, headers=has)).status_code == 304
    async with stand.client() as stranger:
        assert (await stranger.get(address, headers=has)).status_code == 404


async def test_a_photo_is_known_again_by_whichever_form_of_its_tag(client: httpx.AsyncClient) -> None:
    filed = await file(client)
    photo = await upload(client, filed, camera_photo((60, 40)))
    address, key = f"/v1/complaints/{filed['code']}/photos/{photo['id']}", {"x-link-key": filed["link_key"]}
    for tag in (f'"{photo["id"]}"', f'W/"{photo["id"]}"', f'"a", "{photo["id"]}"', "*"):
        assert (await client.get(address, headers=key | {"if-none-match": tag})).status_code == 304, tag


async def stored_path(stand: Stand, code: str) -> str:
    """Where a case's photo lies."""
    found = [each.path async for batch in stand.gateway.files.under(f"complaints/{code}") for each in batch]
    assert len(found) == 1
    return found[0]


async def test_a_photo_from_before_gets_its_small_one_when_it_is_shown(client: httpx.AsyncClient, stand: Stand) -> None:
    filed = await file(client)
    photo = await upload(client, filed, camera_photo((800, 600)))
    files, path = stand.gateway.files, await stored_path(stand, filed["code"])
    assert await files.has(small_of(path)), "made with the photo"
    await files._delete(small_of(path))
    assert opened((await shown(client, filed, photo["id"])).content).size == (400, 300)
    assert await files.has(small_of(path))


async def test_a_small_picture_goes_with_its_photo(client: httpx.AsyncClient, stand: Stand) -> None:
    filed = await file(client)
    photo = await upload(client, filed, camera_photo((800, 600)))
    files, path = stand.gateway.files, await stored_path(stand, filed["code"])
    await files.delete(path)
    assert not await files.has(small_of(path))
    assert (await shown(client, filed, photo["id"])).status_code == 404
    assert not await files.has(small_of(path)), "nor does it come again"


async def test_a_small_picture_that_outlived_its_photo_goes_with_the_sweep_and_no_other(
    client: httpx.AsyncClient, stand: Stand
) -> None:
    filed = await file(client)
    await upload(client, filed, camera_photo((60, 40)))
    files, recorded = stand.gateway.files, await stored_path(stand, filed["code"])
    left = small_of(f"complaints/{filed['code']}/{uuid4()}-{'0' * 16}.jpg")
    await files.put(left, b"x")  # the gateway ended after it had deleted the photo
    await stand.gateway.orphans.sweep()
    assert await files.has(left), "its photo may be on its way still"
    await stand.gateway.orphans.sweep(datetime.now(UTC) + AGE + timedelta(minutes=1))
    assert (await files.has(left), await files.has(small_of(recorded))) == (False, True)
