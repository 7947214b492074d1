"""The planner's process as the pillar sees it: it has a copy of the current feed's timetable, and answers questions."""
