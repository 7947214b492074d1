"""Secrets of a home."""

import json
import stat
from pathlib import Path

from deploy.local.nats import public_key
from deploy.local.secrets import Secrets, public_jwks


def test_a_secret_is_made_once_and_differs_between_homes(tmp_path: Path) -> None:
    one, other = Secrets(tmp_path / "one"), Secrets(tmp_path / "other")
    assert one.text("session") == Secrets(tmp_path / "one").text("session")
    assert one.text("session") != other.text("session")


def test_only_the_owner_can_read_a_secret(tmp_path: Path) -> None:
    kept = Secrets(tmp_path)
    kept.key("data")
    assert stat.S_IMODE(kept.folder.stat().st_mode) == 0o700
    assert [stat.S_IMODE(path.stat().st_mode) for path in kept.folder.iterdir()] == [0o600]


def test_the_public_key_set_holds_no_private_half(tmp_path: Path) -> None:
    private = Secrets(tmp_path).signing_key("assertion")
    (public,) = json.loads(public_jwks(private))["keys"]
    assert set(public) == {"kty", "crv", "x", "kid"}
    assert private["d"] not in public_jwks(private)


def test_a_seed_comes_with_its_public_key(tmp_path: Path) -> None:
    seed, public = Secrets(tmp_path).seed("nats-governance")
    assert (seed[:2], public) == ("SU", public_key(seed))
