"""The control room's journal: what happened, in one order without gaps, and the timelines that it is made of."""
