"""``python -m deploy.cli``, where the command is not on the PATH."""

from deploy.cli import app

app()
