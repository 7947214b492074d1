"""What an error of the database says."""

import traceback

import asyncpg
import pytest

from tests.kit.conftest import World

NAME = "Siti Aminah"


async def test_an_error_names_the_rule_that_a_row_breaks_and_nothing_of_the_row(world: World) -> None:
    runtime = await world.runtime("environment")
    async with runtime.transaction() as tx:
        await tx.execute("CREATE TEMPORARY TABLE person (name text CONSTRAINT named CHECK (name = '')) ON COMMIT DROP")
        with pytest.raises(asyncpg.CheckViolationError) as raised:
            await tx.execute("INSERT INTO person VALUES ($1)", NAME)
    assert NAME in str(raised.value.detail)
    told = "".join(traceback.format_exception(raised.value))
    assert "named" in told
    assert NAME not in told
