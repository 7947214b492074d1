"""What falls due by itself: the feed is read every few minutes, where there is one, and what is over is deleted."""

from services.environment.nowcasts import actions
from services.kit.runtime import Runtime


async def read(runtime: Runtime) -> None:
    """Reads the feed."""
    if runtime.settings.nowcast_url:
        await actions.read(runtime, runtime.settings.nowcast_url)


async def prune(runtime: Runtime) -> None:
    """Deletes what was over long ago."""
    await actions.prune(runtime)
