"""What becomes of a process whose parent dies, however that happens."""

from __future__ import annotations

import ctypes
import os
import signal
import sys

_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None) if sys.platform == "linux" else None  # loaded here: between fork and exec nothing may be


def die_with(parent: int, number: signal.Signals) -> None:
    """The kernel is to send us this signal when our parent dies (Linux); we end at once if it has died already."""
    if _libc is None:
        return
    _libc.prctl(_PR_SET_PDEATHSIG, int(number), 0, 0, 0)
    if os.getppid() != parent:  # it died between fork and prctl
        os._exit(1)
