"""What dispatchers are advised: which unit to send and why, and which open incidents may be the same matter."""
