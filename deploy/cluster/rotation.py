"""Rotation of keys with overlap: no caller and no citizen notices that a key changes.

Three steps, each on the secrets as the cluster holds them, with a restart of the pods after each:

1. `announce`: a new key is made, and everybody who reads learns it;
2. `switch`: who writes uses it from now on;
3. `retire`: the former one is forgotten.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterable, Mapping
from copy import deepcopy
from typing import Any

from deploy.cluster.secrets import Secret, data_key
from deploy.local.secrets import new_jwk, public_jwks

STEPS = ("announce", "switch", "retire")
NEXT, NEXT_DATA_KEY = "next.jwk", "data-key-next"
"""Keys of the Secrets under which an announced one waits."""


class RotationError(Exception):
    """Why a step cannot be taken, with the step to take instead."""


def read(documents: Iterable[Any]) -> dict[str, Secret]:
    """Secrets by name out of manifests as `kubectl get secret -o yaml` prints them, lists included."""
    found: dict[str, Secret] = {}
    for document in filter(None, documents):
        for each in document["items"] if document.get("kind") == "List" else [document]:
            found[each["metadata"]["name"]] = _plain(each)
    return found


def assertions(found: Mapping[str, Secret], names: Mapping[str, Any], step: str) -> list[Secret]:
    """The gateway's keys. `names` are the chart's `assertions`. Errors: RotationError."""
    private, public = (deepcopy(_named(found, names[each]["secret"])) for each in ("private", "public"))
    secret, key = private["stringData"], names["private"]["key"]
    _forget_leftover(secret, NEXT, key)
    current = json.loads(secret[key])
    known = json.loads(public["stringData"][names["public"]["key"]])["keys"]

    def tell(jwks: list[dict[str, Any]]) -> None:
        public["stringData"][names["public"]["key"]] = json.dumps({"keys": jwks})

    if step == "announce":
        if NEXT in secret:
            raise RotationError("a key is announced already: the next step is switch")
        following = new_jwk()
        secret[NEXT] = json.dumps(following)
        tell([*known, *json.loads(public_jwks(following))["keys"]])
    elif step == "switch":
        if NEXT not in secret:
            raise RotationError("no key is announced: the first step is announce")
        if json.loads(secret[NEXT])["kid"] not in [jwk["kid"] for jwk in known]:
            raise RotationError("the announced key is not in the public set: apply what announce printed")
        secret[key] = secret.pop(NEXT)
    else:
        if NEXT in secret:
            raise RotationError("the announced key is not in use yet: the next step is switch")
        tell([jwk for jwk in known if jwk["kid"] == current["kid"]])
    return [public, private]


def data_keys(found: Mapping[str, Secret], name: str, step: str) -> list[Secret]:
    """The key that wraps the keys of contacts; governance wraps anew what a former one wrapped.

    An announced one stands among the former ones as well, by which pods of a version before learn it; those of this one
    wrap nothing anew that it has wrapped, as other pods use it before they do.

    `name` is the chart's `governance.secret`. Errors: RotationError.
    """
    changed = deepcopy(_named(found, name))
    secret = changed["stringData"]
    _forget_leftover(secret, NEXT_DATA_KEY, "data-key")
    if step == "announce":
        if NEXT_DATA_KEY in secret:
            raise RotationError("a key is announced already: the next step is switch")
        if secret.get("data-keys-old"):
            raise RotationError("a former key is still there: the next step is retire")
        secret[NEXT_DATA_KEY] = secret["data-keys-old"] = data_key()
    elif step == "switch":
        if NEXT_DATA_KEY not in secret:
            raise RotationError("no key is announced: the first step is announce")
        secret["data-keys-old"], secret["data-key"] = secret["data-key"], secret.pop(NEXT_DATA_KEY)
    else:
        if NEXT_DATA_KEY in secret:
            raise RotationError("the announced key is not in use yet: the next step is switch")
        secret["data-keys-old"] = ""
    return [changed]


def fingerprint(changed: Secret) -> str:
    """By what the key store knows the data key that is in use. Errors: RotationError."""
    from services.governance.keys.cipher import WrappingKey

    try:
        return WrappingKey.read(changed["stringData"]["data-key"]).id
    except (KeyError, ValueError) as error:
        raise RotationError(f"the Secret has no data-key that is one: {error}") from None


def printed(changed: Secret) -> Secret:
    """With `data`: a key that is gone from `stringData` stays in the cluster after `kubectl apply`."""
    kept = {key: value for key, value in changed.items() if key != "stringData"}
    return {
        **kept,
        "data": {key: base64.b64encode(text.encode()).decode() for key, text in changed["stringData"].items()},
    }


def ways(values: Mapping[str, Any]) -> dict[str, Callable[[Mapping[str, Secret], str], list[Secret]]]:
    """What can be rotated, by name."""
    return {
        "assertions": lambda found, step: assertions(found, values["assertions"], step),
        "data-key": lambda found, step: data_keys(found, values["governance"]["secret"], step),
    }


def _forget_leftover(secret: dict[str, str], following: str, key: str) -> None:
    """What is in use is announced no more: an `apply` may have left it, and a second `switch` would lose the former."""
    if following in secret and secret[following] == secret.get(key):
        del secret[following]


def _named(found: Mapping[str, Secret], name: str) -> Secret:
    if name not in found:
        raise RotationError(f"Secret {name} is not among what was read")
    return found[name]


def _plain(manifest: Mapping[str, Any]) -> Secret:
    """A Secret with its values as text, without what the cluster adds."""
    data = {key: base64.b64decode(value).decode() for key, value in (manifest.get("data") or {}).items()}
    metadata = {key: manifest["metadata"][key] for key in ("name", "namespace") if key in manifest["metadata"]}
    return {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": metadata,
        "type": manifest.get("type", "Opaque"),
        "stringData": {**data, **(manifest.get("stringData") or {})},
    }
