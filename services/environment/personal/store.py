"""What environment keeps by a login: what staff did. Who subscribed to warnings is known by their address alone."""

from services.kit.personal import By, Deed, Kept

KEPT: tuple[Kept, ...] = ()
DEEDS = (
    Deed("pump_commands", (By("pump_command", "by", "created_at"),)),
    Deed("rules", (By("rule_version", "by", "created_at"),)),
    Deed("calibrations", (By("correction", "by", "created_at"),)),
    Deed("warnings", (By("warning_proposal", "by", "created_at"), By("warning_proposal", "decided_by", "created_at"))),
)
"""What staff do here, by their login."""
