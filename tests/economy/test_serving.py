"""The pillar starts, serves, and is closed to whoever has no row in its tables."""

from smartcity.economy.v1 import payments_pb2
from tests.economy.conftest import ANONYMOUS, Economy, refused, request_id


async def test_nobody_creates_a_payment_without_a_login(economy: Economy) -> None:
    with refused("LOGIN_REQUIRED"):
        await economy.call(
            "PaymentService.CreatePayment", payments_pb2.CreatePaymentRequest(request_id=request_id()), ANONYMOUS
        )
