"""The command `smartcity`. Imports are lazy: `smartcity --help` answers at once."""

import typer

from deploy.cli import ballots, buses, cities, cluster, devices, events, gtfs, performance, platform, practice, records

app = typer.Typer(help="Run and look after a smart-city platform.", no_args_is_help=True, add_completion=False)
app.add_typer(platform.app)
app.add_typer(events.events_app, name="events")
app.add_typer(events.letters_app, name="dead-letters")
app.add_typer(records.receipt_app, name="receipt")
app.add_typer(records.erasures_app, name="erasures")
app.add_typer(devices.devices_app, name="devices")
app.add_typer(buses.buses_app, name="buses")
app.add_typer(performance.performance_app, name="performance")
app.add_typer(ballots.app)
app.add_typer(cities.city_app, name="city")
app.add_typer(gtfs.gtfs_app, name="gtfs")
app.add_typer(practice.fault_app, name="fault")
app.add_typer(practice.story_app, name="story")
app.add_typer(cluster.app)
app.add_typer(cluster.secrets_app, name="secrets")
