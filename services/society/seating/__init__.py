"""Seating: who has a seat in a course, who waits, and how the waiting list moves up."""
