"""What a client has already, by the ETag that it was told."""


def etag_matches(given: str | None, etag: str) -> bool:
    """Whether an If-None-Match header names this version (weak comparison, RFC 9110 section 13.1.2)."""
    if given is None:
        return False
    return given.strip() == "*" or etag.removeprefix("W/") in (
        each.strip().removeprefix("W/") for each in given.split(",")
    )
