"""UTide without SciPy.

UTide asks for it when it is imported, for the noise that confidence intervals rest on and for files of MATLAB: neither
is made or read here. SciPy would be 140 MB of the image, and 80 MB and most of a second of each process that fits.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType

_NAMES = ("scipy", "scipy.io", "scipy.signal")


@contextmanager
def _without_scipy() -> Iterator[None]:
    """Has modules without content in its place; what others have of it comes back."""
    stood = {name: sys.modules[name] for name in _NAMES if name in sys.modules}
    scipy, io, signal = modules = [ModuleType(name) for name in _NAMES]
    vars(scipy).update(io=io, signal=signal)
    vars(io).update(loadmat=None)
    sys.modules.update(zip(_NAMES, modules, strict=True))
    try:
        yield
    finally:
        for name in _NAMES:
            del sys.modules[name]
        sys.modules.update(stood)


with _without_scipy():
    import utide

__all__ = ["utide"]
