"""Whom clients trust over TLS."""

from functools import cache

import httpx

authorities = cache(httpx.create_ssl_context)
"""What httpx trusts by itself; to read the certificates of all authorities takes some 50 ms, for each client anew."""
