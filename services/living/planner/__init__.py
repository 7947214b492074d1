"""The planner's process: a copy of the timetable, and what answers questions from it."""
