"""Pages of clean-ups."""
