"""A pillar as a process: started, watched, stopped."""
