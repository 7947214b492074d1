"""Who reads the pages of a case whose deadlines pass."""

from tests.governance.stories.conftest import visitor

__all__ = ["visitor"]
