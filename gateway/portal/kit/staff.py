"""The login that officers' pages need."""

from __future__ import annotations

from starlette.requests import Request

from gateway.answers.problems import Problem
from gateway.callers.session import current_caller
from gateway.portal.kit.caller_words import WORKING_ROLES
from services.kit.caller import Caller


def staff(request: Request) -> Caller:
    """Dependency: the officer, verifier or administrator who asks; others are sent away, decided in the pillars too."""
    caller = current_caller(request)
    if caller.roles <= {"anonymous"}:
        raise Problem(401, "LOGIN_REQUIRED", "The officers' pages need a login.")
    if not caller.roles & WORKING_ROLES:
        raise Problem(403, "ROLE_NOT_ALLOWED", "The officers' pages are for the city's staff.")
    return caller
