"""How the gateway and a worker talk: lengths first, then bytes. Imported by both, so it imports nothing."""

import struct

WORK = struct.Struct("!4sI")
"""What goes there: the kind (JPEG, PNG, WEBP), and how many bytes follow."""
DONE = struct.Struct("!?IIII")
"""What comes back: whether it is a picture, its width and height, and how many bytes follow: of it or of a reason, and
after it of its small picture."""
READY = b"+"
"""Sent once by the worker, when everything is imported."""
