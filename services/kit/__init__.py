"""What every pillar stands on. The kit knows no pillar."""

import sys

# nats-py would load it for WebSockets, which nobody here speaks: a fifth of a process's start, where it is installed.
sys.modules.setdefault("aiohttp", None)  # type: ignore[arg-type]
