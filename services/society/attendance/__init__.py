"""Attendance: who attended which session, with who noted it and each correction."""
