"""The desk of timetables."""
