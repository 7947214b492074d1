"""Cases: the complaint itself, who sees it, and its row."""
