"""Loads a program while what it needs is still made ready, and runs it when it is let go.

`python -m deploy.local.ahead MODULE`: run by the supervisor, which lets go by closing its standard input. To load the
gateway takes as long as to migrate, and a machine has more than one processor.
"""

from __future__ import annotations

import importlib
import runpy
import sys


def main() -> None:
    """Loads the module that is named, waits, and runs it as `python -m MODULE` would."""
    (module,) = sys.argv[1:]
    importlib.import_module(loaded := f"{module}.__main__")
    sys.stdin.read()
    del sys.modules[loaded]
    runpy.run_module(module, run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
