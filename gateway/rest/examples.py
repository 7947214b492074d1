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
PROBLEM = {
    "type": "/docs/problems#invalid-request",
    "title": "Not valid",
    "status": 422,
    "detail": "text: should have at least 10 characters",
    "instance": "/v1/complaints",
    "reason": "INVALID_REQUEST",
    "trace_id": "0af7651916cd43dd8448eb211c80319c",
}
