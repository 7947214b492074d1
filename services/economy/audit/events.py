"""Builds the event messages of the audit."""

from services.economy.audit.model import Problem
from smartcity.economy.v1 import events_pb2


def faulted(problem: Problem) -> events_pb2.LedgerFaulted:
    """An audit found something that does not add up."""
    return events_pb2.LedgerFaulted(reason=problem.reason, where=problem.where)
