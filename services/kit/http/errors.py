"""What is wrong with what others answer."""


class UnreadableError(Exception):
    """It did not come, or is not what it should be; says why, without a word of the answer's own."""
