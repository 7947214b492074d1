"""How a pillar is called: contracts, rules, who calls, and the functions that serve."""

from services.kit.rpc.serving import Call, after, one_statement, rpc

__all__ = ["Call", "after", "one_statement", "rpc"]
