"""Builds the event messages of merchants: no names, no accounts."""

from services.economy.merchants.model import Merchant
from smartcity.economy.v1 import events_pb2


def applied(merchant: Merchant) -> events_pb2.MerchantApplied:
    """A business wants to be paid cashless."""
    return events_pb2.MerchantApplied(id=str(merchant.id), area=merchant.area, sector=merchant.sector)


def activated(merchant: Merchant) -> events_pb2.MerchantActivated:
    """A merchant can be paid."""
    return events_pb2.MerchantActivated(id=str(merchant.id), area=merchant.area, sector=merchant.sector)


def suspended(merchant: Merchant) -> events_pb2.MerchantSuspended:
    """A merchant cannot be paid for the time being."""
    return events_pb2.MerchantSuspended(id=str(merchant.id))


def closed(merchant: Merchant) -> events_pb2.MerchantClosed:
    """A merchant ended."""
    return events_pb2.MerchantClosed(id=str(merchant.id))
