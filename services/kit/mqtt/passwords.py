"""Passwords of those who come over MQTT.

Each is derived from a secret of the city's, the name and how many passwords it has had, so that nothing that lets
anybody in is stored, and a repeated request is answered with the same one.
"""

import base64
import hmac

_BYTES = 20


def password(city_secret: bytes, kind: str, name: str, generation: int) -> str:
    """The password of a generation of somebody of a kind: 32 characters of base32."""
    key = hmac.digest(city_secret, f"{kind}:{name}:{generation}".encode(), "sha256")[:_BYTES]
    return base64.b32encode(key).decode()


def proves(city_secret: bytes, kind: str, name: str, generation: int, given: str) -> bool:
    """Whether this is that password."""
    return hmac.compare_digest(password(city_secret, kind, name, generation).encode(), given.encode())
