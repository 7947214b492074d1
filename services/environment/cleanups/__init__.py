"""Clean-ups: jobs for the waste crews, opened by complaints."""
