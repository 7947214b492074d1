"""Demo: what a local start shows of taking part. Nobody proposed, said or voted any of it."""

from services.society.demo.actions import seed

__all__ = ["seed"]
