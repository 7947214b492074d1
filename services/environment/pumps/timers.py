"""What falls due by itself: commands are sent, and time out."""

from services.environment.pumps import delivering
from services.kit.runtime import Runtime


async def deliver(runtime: Runtime) -> None:
    """Sends what is to be sent."""
    await delivering.deliver(runtime)
