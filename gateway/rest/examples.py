"""Examples of the documentation, in one place so that they tell one story."""

COMPLAINT = {
    "code": "SMG-7K4P-92",
    "state": "assigned",
    "class": "ordinary",
    "category": {"id": "sampah-menumpuk", "name": "Sampah menumpuk"},
    "area": {"code": "33.74.01.1007", "name": "Sekayu", "district": "Semarang Tengah"},
    "landmark": "",
    "text": "",
    "released": False,
    "agency": {"id": "dlh", "name": "Dinas Lingkungan Hidup"},
    "routing": {
        "rule": 41,
        "why_id": "Sampah diangkut oleh Dinas Lingkungan Hidup.",
        "why_en": "Waste is collected by the Environment Agency.",
    },
    "due": {
        "response": "2026-12-01T16:59:59Z",
        "resolution": "2026-12-14T16:59:59Z",
        "provisional": False,
    },
    "timeline": [
        {
            "number": 1,
            "at": "2026-11-24T03:12:45.120000Z",
            "type": "smartcity.governance.v1.ComplaintFiled",
            "by": "reporter",
            "note": "",
            "state": "filed",
            "trace_id": "0af7651916cd43dd8448eb211c80319c",
            "photos": [],
            "hash": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        }
    ],
    "photos": [],
    "supporters": 2,
    "rating": 0,
    "duplicate_of": "",
    "escalation": 0,
    "secret": False,
    "anonymous": False,
    "channel": "api",
    "create_time": "2026-11-24T03:12:45.120000Z",
    "update_time": "2026-11-24T06:40:02.004000Z",
    "etag": "3",
    "correlation_id": "0192f3a4-7c1e-7d44-9c1b-2f6f0e8f3a10",
    "transitions": [],
    "has_contact": True,
}
FILED = {**COMPLAINT, "state": "filed", "etag": "1", "link_key": "MZXW6YTBOI4DAMBQGEZDGNBVGY"}
PHOTO = {
    "id": "0192f3a4-9a10-7b1e-8f55-6d1f0e1c2b3a",
    "content_type": "image/jpeg",
    "width": 1600,
    "height": 1200,
    "size": 284113,
    "released": False,
    "evidence": False,
}
CLEANUP = {
    "id": "0192f3a5-0b42-7c9a-b0d1-7f5a3c2e1d0f",
    "complaint": "SMG-7K4P-92",
    "state": "open",
    "category": "sampah-menumpuk",
    "area": {"code": "33.74.01.1007", "name": "Sekayu", "district": "Semarang Tengah"},
    "agency": "dlh",
    "crew": "",
    "due": "2026-12-14T16:59:59Z",
    "note": "",
    "photos": [],
    "create_time": "2026-11-24T06:40:02.310000Z",
    "update_time": "2026-11-24T06:40:02.310000Z",
    "etag": "1",
}
_STORY = "0192f3a6-6f10-7d5a-9b1e-5c2d7a8e9f01"
_SEKAYU = {"code": "33.74.01.1007", "name": "Sekayu", "district": "Semarang Tengah"}
_KAUMAN = {"code": "33.74.01.1010", "name": "Kauman", "district": "Semarang Tengah"}


def _rupiah(units: int) -> dict[str, object]:
    return {"currency": "IDR", "units": units}


PAYMENT = {
    "id": _STORY,
    "code": "SMGP-7K4P2M8-92",
    "state": "created",
    "amount": _rupiah(12000),
    "refunded": _rupiah(0),
    "purpose": "sale",
    "description": "Lumpia 4 biji",
    "merchant": "0192f3a6-2d3c-7e11-8a44-1b2c3d4e5f60",
    "merchant_name": "Lumpia Bu Sri",
    "terminal": "",
    "bill": "",
    "area": _SEKAYU,
    "sector": "food",
    "qr": "",
    "create_time": "2026-11-24T02:10:00Z",
    "expire_time": "2026-11-24T02:25:00Z",
    "correlation": _STORY,
    "exercise": False,
    "etag": "1",
}
PENDING_PAYMENT = {
    **PAYMENT,
    "state": "pending",
    "method": "qris_dynamic",
    "qr": "00020101021226...6304A1B2",
    "etag": "2",
}
BILL_PAYMENT = {
    **PAYMENT,
    "amount": _rupiah(90000),
    "purpose": "market-levy",
    "description": "Retribusi pasar: kios, Pasar Johar, kios B-12, 2026-11",
    "merchant_name": "PEMKOT RETRIBUSI PASAR",
    "bill": "SMGT-4Q9X3V7-5K",
    "area": _KAUMAN,
    "sector": "government",
}
REFUND = {
    "id": "0192f3a7-11c2-7b90-8d4e-3f6a5b7c8d90",
    "payment": _STORY,
    "payment_code": "SMGP-7K4P2M8-92",
    "state": "processing",
    "way": "bank",
    "amount": _rupiah(3000),
    "reason": "Satu lumpia habis.",
    "refusal": "",
    "create_time": "2026-11-24T03:00:00Z",
    "update_time": "2026-11-24T03:00:00Z",
    "etag": "1",
}
REFUND_CHECK = {
    "possible": True,
    "reason": "",
    "message": "",
    "way": "bank",
    "amount": _rupiah(3000),
    "most": _rupiah(12000),
    "needs_approval": False,
}
BILL = {
    "number": "SMGT-4Q9X3V7-5K",
    "state": "issued",
    "tariff": "pasar-kios",
    "tariff_name_id": "Retribusi pasar: kios",
    "tariff_name_en": "Market levy: kiosk",
    "object": "Pasar Johar, kios B-12",
    "period": "2026-11",
    "quantity": 180,
    "amount": _rupiah(90000),
    "agency": "disdag",
    "area": _KAUMAN,
    "create_time": "2026-11-24T02:00:00Z",
    "due_time": "2026-12-08T16:59:59Z",
    "overdue": False,
    "payment": "",
    "receipt": "",
    "correlation": _STORY,
    "exercise": False,
    "etag": "1",
}
LEVY_RECEIPT = {
    "number": "SMG-2026-0000123-K",
    "bill": "SMGT-4Q9X3V7-5K",
    "object": "Pasar Johar, kios B-12",
    "tariff_name_id": "Retribusi pasar: kios",
    "tariff_name_en": "Market levy: kiosk",
    "period": "2026-11",
    "amount": _rupiah(90000),
    "method": "qris_dynamic",
    "payment_code": "SMGP-7K4P2M8-92",
    "agency": "disdag",
    "paid_time": "2026-11-24T02:12:30Z",
    "seal": "7K4P-2M8Q-1RTB-93ZC",
    "text": "...",
    "signature": "...",
    "key_id": "2026",
    "keys": "...",
    "refunded": _rupiah(0),
    "exercise": False,
}
MERCHANT = {
    "id": "0192f3a6-2d3c-7e11-8a44-1b2c3d4e5f60",
    "kind": "business",
    "state": "applied",
    "name": "Lumpia Bu Sri",
    "mcc": "5814",
    "sector": "food",
    "size": "umi",
    "area": _SEKAYU,
    "nmid": "",
    "pan": "",
    "agency": "",
    "terminals": [],
    "settlement_account": {"bank": "008", "number": "*********5678"},
    "account": "0192f3a6-2d3d-7a22-9b55-2c3d4e5f6071",
    "create_time": "2026-11-20T08:00:00Z",
    "etag": "1",
    "reason": "",
}
WALLET = {
    "account": "0192f3a8-3e4f-7c33-8c66-3d4e5f607182",
    "balance": _rupiah(50000),
    "available": _rupiah(50000),
    "limit": _rupiah(2000000),
    "frozen": False,
    "create_time": "2026-11-20T08:00:00Z",
}
ACCOUNT = {
    "id": "0192f3a6-2d3d-7a22-9b55-2c3d4e5f6071",
    "kind": "merchant",
    "status": "open",
    "balance": _rupiah(12000),
    "held": _rupiah(3000),
    "available": _rupiah(9000),
    "entries": 1,
    "create_time": "2026-11-20T08:00:00Z",
    "etag": "1",
}
BATCH_WITH_LINES = {
    "batch": {
        "id": "0192f5c1-0a1b-7d44-9e77-4e5f60718293",
        "merchant": "0192f3a6-2d3c-7e11-8a44-1b2c3d4e5f60",
        "merchant_name": "Lumpia Bu Sri",
        "day": "2026-11-24",
        "state": "closed",
        "payments": 1,
        "gross": _rupiah(12000),
        "fees": _rupiah(0),
        "refunded": _rupiah(0),
        "net": _rupiah(12000),
        "create_time": "2026-11-24T17:30:00Z",
        "etag": "1",
    },
    "lines": [
        {
            "payment_code": "SMGP-7K4P2M8-92",
            "kind": "capture",
            "amount": _rupiah(12000),
            "time": "2026-11-24T02:12:30Z",
        }
    ],
}
INDICATORS = {
    "indicators": [
        {
            "day": "2026-11-24",
            "sector": "",
            "payments": 8,
            "cashless_payments": 6,
            "cashless_share": 0.75,
            "turnover": _rupiah(412000),
        }
    ]
}
PROBLEM = {
    "type": "/docs/problems#invalid-request",
    "title": "Not valid",
    "status": 422,
    "detail": "text: should have at least 10 characters",
    "instance": "/v1/complaints",
    "reason": "INVALID_REQUEST",
    "trace_id": "0af7651916cd43dd8448eb211c80319c",
}
