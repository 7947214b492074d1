"""Etags: the version of a thing, which a change must name, so that nobody overwrites what they did not see (AIP-154).

A thing that is shown with what changes without it has a mark of that beside its version. Within the house an etag is
bare; the gateway puts the quotes of HTTP around it.
"""

from services.kit.errors import DomainError, invalid, stale


def of(version: int, mark: str = "") -> str:
    """The etag of a version, and of a ``mark`` of what else was shown (empty: of nothing)."""
    return f"{version}.{mark}" if mark else str(version)


def require(etag: str, version: int, *, mark: str | None = "", since: int | None = None) -> None:
    """Refuses a change asked for another version or mark (None: whichever), or for a version before ``since``, where
    nothing that matters to it has changed from then on.

    Errors: ETAG_REQUIRED, STALE_ETAG (its metadata: the etag now, as far as it is compared).
    """
    if not etag:
        raise invalid("ETAG_REQUIRED", "Send the etag of what you change, as you read it.", field="etag")
    match(etag, version, mark=mark, since=since)


def match(etag: str, version: int, *, mark: str | None = "", since: int | None = None) -> None:
    """As ``require``, where the etag may be left out: any is meant then. Errors: STALE_ETAG."""
    if (refusal := mismatch(etag, version, mark=mark, since=since)) is not None:
        raise refusal


def mismatch(etag: str, version: int, *, mark: str | None = "", since: int | None = None) -> DomainError | None:
    """The refusal of ``match`` as a value, for who decides on many at once."""
    if not etag:
        return None
    given = etag.removeprefix("W/").strip('"')
    if mark is None:
        given = given.partition(".")[0]
    known = range(version if since is None else since, version + 1)
    if given not in (of(each, mark or "") for each in known):
        return stale(etag=of(version, mark or ""))
    return None
