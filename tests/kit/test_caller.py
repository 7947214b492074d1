"""Assertions: whose are taken, and that everything else is refused."""

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import OKPKey

from services.kit import caller as module
from services.kit.caller import (
    ANONYMOUS,
    ISSUER,
    LIFETIME_S,
    SYSTEM,
    Caller,
    Minter,
    Scope,
    Verifier,
    authorise,
)
from services.kit.database import Transaction
from services.kit.errors import DomainError

NOW = 1_800_000_000
OFFICER = Caller("officer-7", frozenset({"officer", "citizen"}), "dlh")


def new_key(kid: str) -> OKPKey:
    return OKPKey.generate_key("Ed25519", {"kid": kid}, auto_kid=False)


KEY = new_key("one")


def verifier(*keys: OKPKey, pillar: str = "governance") -> Verifier:
    public = [key.as_dict(private=False) for key in keys or (KEY,)]
    return Verifier(json.dumps({"keys": public}), pillar)


def minter(key: OKPKey = KEY) -> Minter:
    return Minter(json.dumps(key.as_dict(private=True)))


def sign(key: OKPKey = KEY, header: dict[str, Any] | None = None, **changes: Any) -> str:
    """An assertion that is right in all but the changes."""
    claims = {
        "iss": ISSUER,
        "aud": "governance",
        "sub": "citizen-1",
        "roles": ["citizen"],
        "agency": "",
        "iat": NOW,
        "exp": NOW + LIFETIME_S,
    }
    head = {"alg": "Ed25519", "kid": key.kid, **(header or {})}
    return jwt.encode(head, {**claims, **changes}, key, algorithms=[head["alg"]])


def by_hand(algorithm: str, secret: bytes | None = None) -> str:
    """An assertion made without the library, with a MAC or nothing for a signature."""
    payload = sign().split(".")[1]
    head = _b64(json.dumps({"alg": algorithm, "kid": KEY.kid}).encode())
    signature = _b64(hmac.digest(secret, f"{head}.{payload}".encode(), hashlib.sha256)) if secret else ""
    return f"{head}.{payload}.{signature}"


def _b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def refused(assertion: str, at: float = NOW, by: Verifier | None = None) -> str:
    """Expects a refusal and answers with its message."""
    with pytest.raises(DomainError) as caught:
        (by or verifier()).verify(assertion, at)
    assert caught.value.reason == "ASSERTION_REFUSED"
    return caught.value.message


def test_a_minted_assertion_names_its_caller() -> None:
    assert verifier().verify(minter().mint(OFFICER, "governance", NOW), NOW) == OFFICER


def test_an_assertion_for_another_pillar_is_refused() -> None:
    assert "another pillar" in refused(minter().mint(OFFICER, "economy", NOW))


def test_a_forged_signature_is_refused() -> None:
    assert "signature" in refused(sign(new_key("one")))


def test_a_changed_payload_is_refused() -> None:
    head, _, signature = sign().split(".")
    payload = sign(roles=["admin"]).split(".")[1]
    assert "signature" in refused(f"{head}.{payload}.{signature}")


def test_no_algorithm_is_refused() -> None:
    assert "signature" in refused(by_hand("none"))


def test_the_public_key_as_a_shared_secret_is_refused() -> None:
    public = KEY.as_dict(private=False)
    raw = base64.urlsafe_b64decode(str(public["x"]) + "==")
    for secret in (raw, json.dumps(public).encode(), str(public["x"]).encode(), KEY.as_pem(private=False)):
        assert "signature" in refused(by_hand("HS256", secret))


def test_another_issuer_is_refused() -> None:
    assert "another issuer" in refused(sign(iss="somebody"))


def test_an_audience_of_several_pillars_is_refused() -> None:
    assert "another pillar" in refused(sign(aud=["governance", "economy"]))


@pytest.mark.parametrize("at", [NOW + LIFETIME_S, NOW + 3600])
def test_an_expired_assertion_is_refused(at: int) -> None:
    assert "expired" in refused(sign(), at)


def test_an_assertion_from_the_future_is_refused() -> None:
    assert "not valid yet" in refused(sign(iat=NOW + 30, exp=NOW + 60))


def test_an_assertion_that_lives_too_long_is_refused() -> None:
    assert "too far apart" in refused(sign(exp=NOW + LIFETIME_S + 1))


@pytest.mark.parametrize("changes", [{"exp": None}, {"iat": None}, {"exp": "soon"}, {"iat": 1.5}])
def test_times_that_are_no_whole_seconds_are_refused(changes: dict[str, Any]) -> None:
    assert "times" in refused(sign(**changes))


def test_nobody_can_be_the_system_from_outside() -> None:
    assert "roles" in refused(minter().mint(SYSTEM, "governance", NOW))
    assert "roles" in refused(sign(roles=["citizen", "system"]))


@pytest.mark.parametrize("roles", [[], ["king"], "admin", None, [["admin"]], {"admin": True}])
def test_unknown_roles_are_refused(roles: Any) -> None:
    assert "roles" in refused(sign(roles=roles))


@pytest.mark.parametrize("changes", [{"sub": ""}, {"sub": None}, {"sub": 7}, {"agency": 7}])
def test_an_assertion_that_names_no_caller_is_refused(changes: dict[str, Any]) -> None:
    assert "names no caller" in refused(sign(**changes))


@pytest.mark.parametrize("text", ["", "x", "a.b.c", "é.é.é", "." * 1000, "eyJhbGciOiJFZDI1NTE5In0..", "\0"])
def test_what_is_no_assertion_at_all_is_refused(text: str) -> None:
    refused(text)


def test_while_keys_rotate_both_are_taken_and_afterwards_only_the_new_one() -> None:
    old, new = new_key("old"), new_key("new")
    both = verifier(old, new)
    for key in (old, new):
        assert both.verify(minter(key).mint(OFFICER, "governance", NOW), NOW) == OFFICER
    refused(minter(old).mint(OFFICER, "governance", NOW), by=verifier(new))


def test_a_key_id_of_another_key_does_not_help() -> None:
    old, new = new_key("old"), new_key("new")
    refused(sign(old, {"kid": "new"}), by=verifier(old, new))


def test_what_was_verified_is_remembered_no_longer_than_it_lives() -> None:
    known, assertion = verifier(), sign()
    assert known.verify(assertion, NOW) is known.verify(assertion, NOW + LIFETIME_S - 1)
    refused(assertion, NOW + LIFETIME_S, known)


def test_the_memory_of_assertions_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_CACHE_MOST", 4)
    known = verifier()
    for number in range(20):
        known.verify(sign(sub=f"citizen-{number}"), NOW)
    assert len(known._known) <= 4


ACCESS = {"Get": {"anonymous": Scope.ANY, "citizen": Scope.OWN}, "List": {"officer": Scope.OWN_AGENCY}}


def test_the_widest_scope_of_all_roles_counts() -> None:
    both = Caller("x", frozenset({"anonymous", "citizen"}))
    assert authorise(ACCESS, "Get", both) is Scope.ANY
    assert authorise(ACCESS, "List", OFFICER) is Scope.OWN_AGENCY


def test_who_is_not_in_the_table_is_refused() -> None:
    with pytest.raises(DomainError, match="may not use List") as caught:
        authorise(ACCESS, "List", Caller("x", frozenset({"citizen"})))
    assert caught.value.reason == "ROLE_NOT_ALLOWED"


def test_who_is_not_logged_in_is_told_to() -> None:
    with pytest.raises(DomainError) as caught:
        authorise(ACCESS, "List", ANONYMOUS)
    assert caught.value.reason == "LOGIN_REQUIRED"


def test_an_rpc_without_a_row_is_refused_to_everybody() -> None:
    for caller in (OFFICER, SYSTEM, Caller("x", frozenset({"admin"}))):
        with pytest.raises(DomainError):
            authorise(ACCESS, "Delete", caller)


@pytest.mark.parametrize(
    ("scope", "agency", "allowed", "reached"),
    [
        (Scope.ANY, "", True, ""),
        (Scope.OWN_AGENCY, "dlh", True, "dlh"),
        (Scope.OWN_AGENCY, "dishub", False, "dishub"),
        (Scope.OWN_AGENCY, "", False, None),
        (Scope.OWN, "dlh", False, None),
    ],
)
def test_the_agency_of_a_login_counts_only_where_its_role_reaches_the_agencys(
    scope: Scope, agency: str, allowed: bool, reached: str | None
) -> None:
    runtime: Any = None
    tx = Transaction(None, runtime, Caller("somebody", frozenset({"citizen"}), agency), scope, datetime.now(UTC))
    assert (tx.allows("dlh"), tx.agency) == (allowed, reached)
    assert scope is Scope.ANY or not tx.allows("")
