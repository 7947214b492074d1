"""The doors that pillars declare: who comes in over MQTT. Beside ``pillars.py`` the only place that knows them all."""

from services.environment.devices.door import DOOR as DEVICES
from services.living.vehicles.door import DOOR as VEHICLES

DOORS = (DEVICES, VEHICLES)
