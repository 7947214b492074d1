"""Files of photos that were taken out: in their order, after one that stays, and how long the oldest has stayed."""

from datetime import timedelta

from observability import semconv
from services.governance.photos import gauges
from services.kit.ids import uuid7
from tests.governance.calls import Records

_SAY = "INSERT INTO governance.erased_file SELECT path, $2 FROM unnest($1::text[]) AS path"


async def named(records: Records, after: str = "") -> list[str]:
    return list((await records.redaction("ListErasedFiles", after=after)).paths)


async def age(records: Records) -> float:
    ((value, _),) = (await gauges.GAUGES.read(records.governance.runtime))[semconv.FILE_UNERASED_AGE]
    return value


async def test_files_are_named_from_the_oldest_on_or_after_one_that_stays(records: Records) -> None:
    admin, now = records.governance.admin, records.governance.runtime.clock()
    await admin.execute(_SAY, ["p/z", "p/b"], now - timedelta(minutes=2))
    await admin.execute(_SAY, ["p/a"], now - timedelta(minutes=1))
    assert await named(records) == ["p/b", "p/z", "p/a"]
    assert await named(records, "p/b") == ["p/z", "p/a"]
    assert await named(records, "p/a") == []
    assert await named(records, "p/went") == ["p/b", "p/z", "p/a"]


async def test_a_file_that_stays_has_an_age_until_it_is_gone(records: Records) -> None:
    admin, now = records.governance.admin, records.governance.runtime.clock()
    assert await age(records) == 0
    await admin.execute(_SAY, ["p/a"], now - timedelta(minutes=20))
    await admin.execute(_SAY, ["p/b"], now)
    assert 1199 < await age(records) < 1300
    await records.redaction("ForgetErasedFiles", request_id=str(uuid7()), paths=["p/a", "p/b"])
    assert await age(records) == 0
