"""What is different from the timetable at present: what is closed, and what is late."""
