"""Terms of courses: what the city's profile says of who offers them, and how long what is kept."""
