"""Money that belongs to nothing known yet."""
