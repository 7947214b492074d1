"""A process that finds rounds; ``apart/running.py`` starts it."""

from services.environment.apart.worker import serve
from services.environment.routing.model import Problem
from services.environment.routing.solving import solve

if __name__ == "__main__":
    serve(Problem, solve)
