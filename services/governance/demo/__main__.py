"""Seeds the history once, with the settings of the pillar's process."""

import asyncio

import structlog

from observability import logging
from services.governance.demo.actions import seed
from services.governance.settings import GovernanceSettings
from services.kit.runtime import open_runtime


async def main() -> None:
    """Seeds and says how much."""
    settings = GovernanceSettings()  # from the environment
    logging.configure("governance", settings.log_level, settings.log_format)
    runtime = await open_runtime("governance", settings)
    try:
        structlog.get_logger().info("demonstration data seeded", complaints=await seed(runtime))
    finally:
        await runtime.pool.close()


if __name__ == "__main__":
    asyncio.run(main())
