"""Routing: which truck goes where in which order, found by a process of its own and checked by rules of ours."""
