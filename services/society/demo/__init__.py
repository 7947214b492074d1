"""Demo: what a local start shows of taking part. Nobody proposed, said, voted or learnt any of it."""

from services.society.demo.actions import seed
from services.society.demo.courses import seed_courses
from services.society.demo.satisfaction import seed_satisfaction

__all__ = ["seed", "seed_courses", "seed_satisfaction"]
