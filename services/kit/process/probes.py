"""What probes ask: gRPC health on a port of its own, so that no load keeps the answer waiting in a queue."""

import grpc.aio
from grpc_health.v1 import health, health_pb2, health_pb2_grpc

READINESS = ""
LIVENESS = "liveness"
"""Name under which health says that the process turns; it goes on while the process drains, readiness does not."""


class Probes:
    """Answers from ``serve`` on; before, nobody listens."""

    def __init__(self, host: str, port: int) -> None:
        """Takes the port."""
        self._status = health.aio.HealthServicer()
        self._server = grpc.aio.server()
        health_pb2_grpc.add_HealthServicer_to_server(self._status, self._server)
        self._server.add_insecure_port(f"{host}:{port}")

    async def serve(self) -> None:
        """The process is ready, and lives."""
        for service in (READINESS, LIVENESS):
            await self._status.set(service, health_pb2.HealthCheckResponse.SERVING)
        await self._server.start()

    async def drain(self) -> None:
        """Nobody new should come."""
        await self._status.set(READINESS, health_pb2.HealthCheckResponse.NOT_SERVING)

    async def stop(self) -> None:
        """Closes the port."""
        await self._server.stop(0)
