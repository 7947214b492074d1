"""What the local platform gives those who let devices in and who read them."""

from __future__ import annotations

from deploy.doors import DOORS
from deploy.local.nats import Devices
from deploy.local.secrets import Secrets
from services.environment.devices.door import DOOR as DEVICES
from services.kit.door.door import CALLOUT, Door
from services.living.vehicles.door import DOOR as VEHICLES

SIMULATOR = "simulator"


def of(secrets: Secrets, port: int) -> Devices:
    """How devices come in over MQTT, at a port."""
    issuer, callout = secrets.seed("device-issuer", account=True)[1], secrets.seed(f"nats-{CALLOUT}")[1]
    return Devices(port, issuer, callout, {door.reader: _password(secrets, door) for door in DOORS})


def reader(secrets: Secrets, port: int) -> dict[str, str]:
    """What environment needs to issue devices and to read them."""
    return {
        "SMARTCITY_DEVICE_SECRET": secrets.key("device"),
        "SMARTCITY_MQTT_URL": f"mqtt://127.0.0.1:{port}",
        "SMARTCITY_MQTT_PASSWORD": _password(secrets, DEVICES),
    }


def vehicles(secrets: Secrets, port: int) -> dict[str, str]:
    """What living needs to issue vehicles' credentials and to read them."""
    return {
        "SMARTCITY_VEHICLE_SECRET": secrets.key("vehicle"),
        "SMARTCITY_MQTT_URL": f"mqtt://127.0.0.1:{port}",
        "SMARTCITY_MQTT_PASSWORD": _password(secrets, VEHICLES),
    }


def callout(secrets: Secrets, health: int) -> dict[str, str]:
    """What the process that lets devices in needs: it alone has the key that NATS believes."""
    return {
        "SMARTCITY_NATS_SEED": secrets.seed(f"nats-{CALLOUT}")[0],
        "SMARTCITY_HEALTH_PORT": str(health),
        "SMARTCITY_DEVICE_SECRET": secrets.key("device"),
        "SMARTCITY_VEHICLE_SECRET": secrets.key("vehicle"),
        "SMARTCITY_DEVICE_ISSUER": secrets.seed("device-issuer", account=True)[0],
    }


def _password(secrets: Secrets, door: Door) -> str:
    """Of who reads what is sent by a door."""
    return secrets.text(f"mqtt-{door.reader}")
