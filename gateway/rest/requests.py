"""What requests have in common: headers, codes, paging and the models of their bodies."""

import uuid
from typing import Annotated, Any, Self

from fastapi import Depends, Header, Path, Query
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, model_validator

from gateway.gateway import Gateway, current_gateway
from gateway.problems import missing_header
from gateway.session import current_caller
from services.kit.caller import Caller
from smartcity.types.v1.money_pb2 import Money

Parts = Annotated[Gateway, Depends(current_gateway)]
Who = Annotated[Caller, Depends(current_caller)]

_KEY_TEXT = (
    "Your own key of this request, 1 to 128 visible characters; a new UUID for each new request is good. Repeat the "
    "request with the same key and nothing happens twice: you get the first answer again."
)
_KEY_PATTERN = r"^[\x21-\x7e]+$"
RequiredKey = Annotated[
    str,
    Header(
        alias="Idempotency-Key",
        min_length=1,
        max_length=128,
        pattern=_KEY_PATTERN,
        description=_KEY_TEXT,
        examples=["0192f3a4-7c1e-7d44-9c1b-2f6f0e8f3a10"],
    ),
]
_OptionalKey = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        min_length=1,
        max_length=128,
        pattern=_KEY_PATTERN,
        description=f"{_KEY_TEXT} Without one, repeating repeats the effect.",
    ),
]


def _given_or_new(key: _OptionalKey = None) -> str:
    return key or str(uuid.uuid4())


Key = Annotated[str, Depends(_given_or_new)]
"""The idempotency key of a write, made up when the client gave none (then only our own retries are covered)."""

LinkKey = Annotated[
    str,
    Header(
        alias="X-Link-Key",
        max_length=64,
        pattern=r"^[A-Za-z0-9-]*$",
        description="The link key that was shown when the complaint was filed; not needed after login.",
    ),
]
Code = Annotated[
    str,
    Path(
        min_length=1,
        max_length=32,
        pattern=r"^[A-Za-z0-9-]+$",
        description="Public code with check digit.",
        examples=["SMG-7K4P-92"],
    ),
]
Identifier = Annotated[str, Path(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9-]+$")]

Number = Annotated[
    str,
    Path(
        min_length=1,
        max_length=40,
        pattern=r"^[A-Za-z0-9-]+$",
        description="Number with check characters, as it was printed.",
        examples=["SMGT-7K4P2M8-92"],
    ),
]
DAY_PATTERN = r"^\d{4}-\d{2}-\d{2}$"
Day = Annotated[str, Path(pattern=DAY_PATTERN, description="Day in the city's time zone.", examples=["2026-11-24"])]
FirstDay = Annotated[str, Query(max_length=10, pattern=rf"{DAY_PATTERN}|^$", description="First day, ISO 8601.")]
LastDay = Annotated[str, Query(max_length=10, pattern=rf"{DAY_PATTERN}|^$", description="Last day; today if empty.")]


def _unquoted(
    if_match: Annotated[
        str,
        Header(
            alias="If-Match",
            max_length=200,
            pattern=r"^[\x20-\x7e]+$",
            description="The ETag you saw; a change made in the meantime answers 412.",
        ),
    ],
) -> str:
    """The version inside an ETag. ``*`` is refused: it would overwrite changes that the caller has not seen."""
    value = if_match.strip().removeprefix("W/").strip('"')
    if value in ("", "*"):
        raise missing_header("If-Match")
    return value


Version = Annotated[str, Depends(_unquoted)]

PageSize = Annotated[int, Query(ge=0, le=200, description="At most this many; 50 when zero.")]
PageToken = Annotated[
    str, Query(max_length=500, pattern=r"^[\x20-\x7e]*$", description="`next_page_token` of the answer before.")
]


def _printable(text: str) -> str:
    for character in text:
        if ord(character) < 32 and character not in "\n\r\t":
            raise ValueError("holds a control character: send plain text")
    return text


Words = Annotated[str, StringConstraints(strip_whitespace=True), AfterValidator(_printable)]
"""Free text of people."""
Name = Annotated[str, StringConstraints(strip_whitespace=True, max_length=100), AfterValidator(_printable)]
"""An identifier or short name in a body."""


class Body(BaseModel):
    """A request body: unknown fields are refused, so that a slip of the keyboard is noticed."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False, use_attribute_docstrings=True)


def example(value: dict[str, Any]) -> ConfigDict:
    """Configuration of a body with an example for the documentation."""
    return ConfigDict(json_schema_extra={"examples": [value]})


INT64 = 1 << 63
MOST_UNITS = 10**12
"""Most that one amount may be, whole units."""


class Amount(Body):
    """An amount in whole units of a currency. The documented bounds are kept by the pillar, with its own reasons."""

    model_config = example({"currency": "IDR", "units": 4000})

    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
    """ISO 4217 code of the city's currency."""
    units: Annotated[int, Field(strict=True, json_schema_extra={"minimum": 1, "maximum": MOST_UNITS})]
    """How much: a whole number, without a fraction and not as text."""

    def message(self) -> Money:
        """As the pillars take it; what is beyond 64 bits is as much too large as the largest of them."""
        return Money(currency=self.currency, units=max(-INT64, min(INT64 - 1, self.units)))


class Location(Body):
    """Where it is: a position, a kelurahan, or words; several may be given."""

    model_config = example({"lon": 110.4105, "lat": -6.9837})

    lon: float | None = Field(None, ge=-180, le=180)
    """Longitude in degrees (WGS 84); goes with `lat`."""
    lat: float | None = Field(None, ge=-90, le=90)
    """Latitude in degrees (WGS 84); goes with `lon`."""
    area_code: Name = ""
    """Kemendagri code of the kelurahan or desa, see `/v1/areas`."""
    landmark: Words = Field("", max_length=300)
    """Words that tell the place, such as "depan Lawang Sewu"."""

    @model_validator(mode="after")
    def _check(self) -> Self:
        if (self.lon is None) != (self.lat is None):
            raise ValueError("lon and lat go together: give both or neither")
        if self.lon is None and not self.area_code and not self.landmark:
            raise ValueError("give lon and lat, area_code or landmark")
        return self


class ContactDetails(Body):
    """How the city may reach somebody. Kept encrypted, told to the handling agency only."""

    model_config = example({"name": "Siti", "email": "siti@example.org"})

    name: Name = ""
    """Name to address them by."""
    email: Words = Field("", max_length=254)
    """E-mail address; news of the case go there."""
    phone: Words = Field("", max_length=32)
    """Telephone number in international form."""
