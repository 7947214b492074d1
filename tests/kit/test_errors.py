"""What passes by itself, and what does not: an outage must not be taken for poison, nor poison for an outage."""

import asyncpg
import pytest

from services.kit.errors import is_transient
from tests.kit.conftest import World


@pytest.mark.parametrize(
    "error",
    [
        ConnectionRefusedError(),
        TimeoutError(),
        EOFError(),
        asyncpg.ConnectionDoesNotExistError("gone"),
        asyncpg.CannotConnectNowError("starting"),
        asyncpg.AdminShutdownError("going down"),
        asyncpg.TooManyConnectionsError("full"),
        asyncpg.DeadlockDetectedError("in the way"),
        asyncpg.InterfaceError("pool is closed"),
        asyncpg.InvalidPasswordError("changed since this process started"),
    ],
)
def test_an_outage_passes_by_itself(error: Exception) -> None:
    assert is_transient(error)


@pytest.mark.parametrize("error", [ValueError(), KeyError("x"), asyncpg.UniqueViolationError("twice"), RuntimeError()])
def test_a_fault_of_the_input_does_not(error: Exception) -> None:
    assert not is_transient(error)


async def test_a_value_that_does_not_fit_its_column_does_not_pass_by_itself(world: World) -> None:
    with pytest.raises(asyncpg.DataError) as caught:
        await world.admin.fetchval("SELECT $1::int", 2**40)
    assert not is_transient(caught.value)
