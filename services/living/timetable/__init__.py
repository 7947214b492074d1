"""A feed's timetable in memory: what runs on a day, as arrays that a search can read."""
