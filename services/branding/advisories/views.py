"""Advisories as the contract has them."""

from typing import Protocol

from services.branding.advisories.model import Advisory
from services.kit.city import City
from services.kit.rpc import etag, protos
from smartcity.branding.v1 import destinations_pb2 as pb


class Named(Protocol):
    """A destination, as far as an advisory names it."""

    @property
    def code(self) -> str:
        """Its short name in addresses."""

    @property
    def name(self) -> str:
        """What people call it."""


def view(city: City, one: Advisory, about: Named | None) -> pb.Advisory:
    """One of them, with the destination that it is about; a kecamatan is there with its own name."""
    return pb.Advisory(
        id=str(one.id),
        origin=protos.number(pb.AdvisoryOrigin, one.origin),
        level=protos.number(pb.AdvisoryLevel, one.level),
        text=one.text,
        text_en=one.text_en,
        destination=str(one.destination) if one.destination else "",
        destination_code=about.code if one.destination and about else "",
        destination_name=about.name if one.destination and about else "",
        areas=protos.areas(city, one.areas),
        end_time=protos.timestamp(one.ends_at),
        exercise=one.exercise,
        create_time=protos.timestamp(one.created_at),
        etag=etag.of(one.version),
    )
