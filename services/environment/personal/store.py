"""What environment keeps by a login: nothing. Who subscribed to warnings is known by their address alone."""

from services.kit.personal import Kept

KEPT: tuple[Kept, ...] = ()
