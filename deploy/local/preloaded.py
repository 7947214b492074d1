"""What the programs of a platform read, read once. Imported by the fork server alone: see ``forkserver``."""

from __future__ import annotations

import gc
import importlib
import os
import signal
import sys
from contextlib import suppress

import uvloop  # noqa: F401 - imported by those who run on it when they do

from deploy.local.forkserver import PROGRAMS
from deploy.local.orphans import die_with

SERVER = os.getpid()

die_with(os.getppid(), signal.SIGKILL)
signal.signal(signal.SIGTERM, signal.SIG_IGN)  # who stops a whole group stops the supervisor, and with it us
if os.getpid() != os.getsid(0):
    os.setsid()  # Ctrl-C in the terminal is for the supervisor, who stops all in their order
gc.disable()  # of what is imported nothing is garbage
for each in PROGRAMS:
    with suppress(Exception):  # the program itself says what is wrong with it, in its own log
        importlib.import_module(each)
    sys.modules.pop(each, None)  # it runs as `__main__`, and only then
gc.freeze()  # copies share what nobody looks through
gc.enable()
