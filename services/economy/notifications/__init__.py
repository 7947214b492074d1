"""What the acquirer sends us."""
