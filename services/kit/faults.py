"""Named points at which a test may kill a process, to prove that nothing is lost or done twice.

Armed only when ``SMARTCITY_FAULTS`` names a folder. A file in it with the name of a point kills the first process that
passes there, as ``kill -9`` would; taking the file away decides who is first. Unarmed, a point costs one comparison.
"""

import os
import signal
from pathlib import Path

POINTS = (
    "action.before-commit",
    "action.committed",
    "relay.before-publish",
    "relay.mid-batch",
    "relay.published",
    "consumer.before-commit",
    "consumer.committed",
    "gateway.before-call",
    "gateway.answered",
)

_folder = Path(os.environ["SMARTCITY_FAULTS"]) if os.environ.get("SMARTCITY_FAULTS") else None


def point(name: str) -> None:
    """Dies here if a test asked for it."""
    if _folder is None:
        return
    try:
        (_folder / name).unlink()
    except FileNotFoundError:
        return
    os.kill(os.getpid(), signal.SIGKILL)
