"""What is wrong with a query, and where: every fault is an answer 400 that says it."""

from gateway.answers.problems import FieldError, Problem


class QueryFault(Exception):  # noqa: N818 - a fault of the asker's
    """Something in a query that cannot be followed; ``where`` names the option or the part of the address."""

    def __init__(self, message: str, where: str = "") -> None:
        """``message`` says what is wrong and how to mend it."""
        super().__init__(message)
        self.message, self.where = message, where

    def within(self, where: str) -> "QueryFault":
        """The same, inside of an option."""
        return QueryFault(self.message, f"{where}: {self.where}" if self.where else where)

    def problem(self) -> Problem:
        """The answer."""
        where = self.where or "query"
        detail = f"{where}: {self.message}"
        return Problem(400, "STA_QUERY_INVALID", detail, errors=[FieldError(where, self.message)])


class SpentFault(QueryFault):
    """No call to the pillar is left."""
