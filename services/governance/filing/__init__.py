"""Filing: a new complaint, and those who join one."""
