"""Satisfaction: the index (IKM) by the nine elements, its formulas, its grades, and how many answers do."""
