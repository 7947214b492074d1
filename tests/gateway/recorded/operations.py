"""The operations of the document: of each a valid request, from which a case differs in one thing."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from tests.gateway.recorded.recording import Case

KEY = "recorded-key-1"
KEYLESS: Mapping[str, str | None] = {"Idempotency-Key": None}
PATHS = {
    "code": "SMG-7K4P-92",
    "number": "SMGT-7K4P2M8-92",
    "id": "0192f3a4-7c1e-7d44-9c1b-2f6f0e8f3a10",
    "day": "2026-11-24",
}
QUERIES: Mapping[str, str] = {
    "agency": "dlh",
    "category": "sampah-menumpuk",
    "area_code": "33.74.01",
    "area": "33.74.01.1007",
    "code": "SMG-7K4P-92",
    "complaint": "SMG-7K4P-92",
    "merchant": "0192f3a6-2d3c-7e11-8a44-1b2c3d4e5f60",
    "purpose": "Menghubungi pelapor.",
    "first_day": "2026-11-01",
    "last_day": "2026-11-24",
    "day": "2026-11-24",
    "sector": "food",
    "terminal": "A01",
    "page_token": "page 7~",
    "page_size": "7",
    "units": "3000",
}
_MONEY = {"currency": "IDR", "units": 12000}
_NOTE = "Sampah sudah diangkut."
PHOTOS = ["0192f3a4-9a10-7b1e-8f55-6d1f0e1c2b3a", "0192f3a4-9a10-7b1e-8f55-6d1f0e1c2b3b"]
BODIES: Mapping[str, dict[str, Any]] = {
    "createComplaint": {
        "text": "Sampah menumpuk di depan pasar sejak tiga hari.",
        "location": {"lon": 110.4105, "lat": -6.9837, "area_code": "33.74.01.1007", "landmark": "depan Lawang Sewu"},
        "category": "sampah-menumpuk",
        "contact": {"name": "Siti", "email": "siti@example.org", "phone": "+628123456789"},
        "anonymous": True,
        "secret": True,
        "exercise": True,
    },
    "listSimilarComplaints": {
        "text": "Lampu jalan mati di Jalan Pandanaran",
        "category": "pju-mati",
        "location": {"lon": 110.4105, "lat": -6.9837, "area_code": "33.74.01.1007", "landmark": "depan Lawang Sewu"},
    },
    "rateComplaint": {"rating": 4, "note": "Cepat, terima kasih."},
    "reopenComplaint": {"note": "Sampahnya masih ada di sisi timur pasar."},
    "replyComplaint": {"note": "Di depan kios nomor 14."},
    "joinComplaint": {"contact": {"name": "Budi", "email": "budi@example.org", "phone": "+628123456789"}},
    "transitionComplaint": {
        "transition": "resolve",
        "note": _NOTE,
        "agency": "dlh",
        "duplicate_of": "SMG-7K4P-92",
        "photos": PHOTOS,
        "refusal": True,
    },
    "correctComplaint": {"category": "pju-mati", "area_code": "33.74.01.1007"},
    "releaseComplaint": {"public_text": "Sampah menumpuk di depan pasar.", "photos": PHOTOS},
    "suggestCategories": {"text": "Lampu jalan mati sudah seminggu", "area_code": "33.74.01.1007"},
    "simulateRouting": {
        "rules_csv": "order,category,area,agency,why_id,why_en\n99,*,*,setda,Lain.,Else.\n",
        "last": 500,
    },
    "dispatchCleanup": {"crew": "Semarang Barat 2"},
    "completeCleanup": {"note": "Dua truk sampah diangkut, lokasi disapu.", "photos": PHOTOS},
    "abandonCleanup": {"reason": "Lokasi tidak dapat dijangkau truk."},
    "createBill": {
        "tariff": "pasar-kios",
        "object": "Pasar Johar, kios B-12",
        "period": "2026-11",
        "quantity": 180,
        "area": "33.74.01.1010",
        "exercise": True,
    },
    "checkLevyReceipt": {"number": "SMG-2026-0000123-K", "units": 90000, "seal": "7K4P-2M8Q-1RTB-93ZC"},
    "createPayment": {
        "merchant": "0192f3a6-2d3c-7e11-8a44-1b2c3d4e5f60",
        "amount": _MONEY,
        "terminal": "A01",
        "purpose": "sale",
        "description": "Lumpia 4 biji",
        "seconds": 300,
        "exercise": True,
    },
    "createRefund": {"amount": _MONEY, "reason": "Satu lumpia habis."},
    "rejectRefund": {"reason": "Barang sudah diterima lengkap."},
    "proposeRelease": {"target": "0192f3a6-2d3c-7e11-8a44-1b2c3d4e5f60", "note": "Terlambat dibayar."},
    "createMerchant": {
        "name": "Lumpia Bu Sri",
        "mcc": "5814",
        "sector": "food",
        "size": "umi",
        "area": "33.74.01.1007",
        "settlement_account": {"bank": "008", "number": "1360012345678"},
    },
    "activateMerchant": {"nmid": "ID1020304050607", "pan": "9360000812345678905"},
    "suspendMerchant": {"reason": "Alamat usaha tidak sesuai, mohon perbarui data."},
    "createTerminal": {"label": "T02", "place": "Los B 12"},
    "topUpWallet": {"amount": _MONEY},
    "setAccountStatus": {"status": "frozen"},
    "closeDay": {"early": True},
}
"""All fields of every body, each valid."""
_BANKS = {
    "X-TIMESTAMP": "2026-11-24T09:00:00+07:00",
    "X-CLIENT-KEY": "bank-contoh",
    "X-PARTNER-ID": "bank-contoh",
    "X-EXTERNAL-ID": "20261124000000000001",
    "X-SIGNATURE": "c2lnbmF0dXJl",
}


@dataclass(frozen=True)
class Operation:
    """An operation of the document, ready to be asked for."""

    id: str
    method: str
    path: str
    raw: Mapping[str, Any]
    schemas: Mapping[str, Any]
    tag: str = ""
    role: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)

    def parameters(self, place: str) -> list[Mapping[str, Any]]:
        """Its parameters in the path, the query or the headers."""
        return [each for each in self.raw.get("parameters", []) if each["in"] == place]

    @property
    def takes_link_key(self) -> bool:
        """Whether a link key may stand in for a login."""
        return any("linkKey" in each for each in self.raw["security"])

    @property
    def body_schema(self) -> Mapping[str, Any] | None:
        """Schema of its JSON body, if it takes one."""
        media = self.raw.get("requestBody", {}).get("content", {}).get("application/json")
        return None if media is None or self.tag == "Bank" else self.resolved(media["schema"])

    def resolved(self, schema: Mapping[str, Any]) -> Mapping[str, Any]:
        """The schema behind references and "or null"."""
        if "$ref" in schema:
            return self.resolved(self.schemas[schema["$ref"].rsplit("/", 1)[1]])
        for each in schema.get("anyOf", ()):
            if each.get("type") != "null":
                return self.resolved(each)
        return schema

    def case(
        self,
        what: str,
        *,
        role: str | None = None,
        method: str | None = None,
        headers: Mapping[str, str | None] | None = None,
        path: Mapping[str, str] | None = None,
        query: str | None = None,
        body: Any = ...,
        raw: bytes | None = None,
    ) -> Case:
        """Its valid request with these differences; a header that is None is left out. ``path`` is quoted already."""
        sent: dict[str, str] = {
            name: value for name, value in {**self.headers, **(headers or {})}.items() if value is not None
        }
        content = raw
        if raw is None:
            value = BODIES.get(self.id) if body is ... else body
            content = None if value is None else json.dumps(value).encode()
        if content is not None and "content-type" not in {each.lower() for each in headers or {}}:
            sent["content-type"] = "application/json"
        address = self.path
        for name, value in {**PATHS, **(path or {})}.items():
            address = address.replace(f"{{{name}}}", value)
        asked = "&".join(f"{name}={quote(value, safe='')}" for name, value in self.query.items())
        asked = asked if query is None else query
        return Case(
            f"{self.id}/{what}",
            self.tag,
            self.role if role is None else role,
            method or self.method,
            f"{address}?{asked}" if asked else address,
            tuple(sorted(sent.items())),
            content,
        )


def operations(document: Mapping[str, Any]) -> Iterator[Operation]:
    """All operations of a document, each with a fitting role and the headers of a valid request."""
    for path, methods in document["paths"].items():
        for method, raw in methods.items():
            tag = raw["tags"][0]
            public = tag == "Bank" or {} in raw["security"]
            role = "anonymous" if public else {"Ledger": "treasurer", "Settlement": "treasurer"}.get(tag, "officer")
            headers = {}
            for each in raw.get("parameters", []):
                known = {"Idempotency-Key": KEY, "If-Match": '"7"', **_BANKS}
                if each["in"] == "header" and each["name"] in known:
                    headers[each["name"]] = known[each["name"]]
            if any("linkKey" in each for each in raw.get("security", ())):
                headers["X-Link-Key"] = "MZXW6YTBOI4DAMBQGEZDGNBVGY"
            query = {"merchant": QUERIES["merchant"]} if raw["operationId"] == "listPayments" else {}
            schemas = document["components"]["schemas"]
            yield Operation(raw["operationId"], method.upper(), path, raw, schemas, tag, role, headers, query)
