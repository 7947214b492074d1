"""Etags: the version of a thing, which a change must name, so that nobody overwrites what they did not see (AIP-154).

Within the house an etag is bare; the gateway puts the quotes of HTTP around it.
"""

from services.kit.errors import DomainError, invalid, stale


def of(version: int) -> str:
    """The etag of a version."""
    return str(version)


def require(etag: str, version: int, *, since: int | None = None) -> None:
    """Refuses a change asked for another version, or for one before ``since``, where nothing that matters to it has
    changed from then on. Errors: ETAG_REQUIRED, STALE_ETAG (its metadata: the etag now).
    """
    if not etag:
        raise invalid("ETAG_REQUIRED", "Send the etag of what you change, as you read it.", field="etag")
    match(etag, version, since=since)


def match(etag: str, version: int, *, since: int | None = None) -> None:
    """As ``require``, where the version may be left out: any is meant then. Errors: STALE_ETAG."""
    if (refusal := mismatch(etag, version, since=since)) is not None:
        raise refusal


def mismatch(etag: str, version: int, *, since: int | None = None) -> DomainError | None:
    """The refusal of ``match`` as a value, for who decides on many at once."""
    if not etag:
        return None
    known = range(version if since is None else since, version + 1)
    if etag.removeprefix("W/").strip('"') not in map(of, known):
        return stale(etag=of(version))
    return None
