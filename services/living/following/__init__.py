"""Tells the planner's process what is different from the timetable: what alerts close, and which trips are late."""
