"""Course changes: a course that is written anew or called off, with all who are enrolled."""
