"""Courses: training that agencies offer, its sessions and seats."""
