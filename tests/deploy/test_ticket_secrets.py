"""`smartcity secrets --tickets`: what tickets are sold with, made when they begin to be sold."""

import json
from pathlib import Path
from uuid import uuid4

import yaml
from typer.testing import CliRunner

from deploy.cli import app
from deploy.local.secrets import new_jwk
from services.branding.keys.signing import TicketSigner
from services.kit import signing
from services.kit.signing import Signer
from tests.deploy.helm.charts import containers, pods, render


def test_tickets_are_sold_later_with_what_is_theirs_alone(tmp_path: Path) -> None:
    (tmp_path / "kota.yaml").write_text("tickets: { secret: mine }")
    words = ["secrets", "--tickets", "--values", str(tmp_path / "kota.yaml"), "--write", str(tmp_path / "made")]
    done = CliRunner().invoke(app, words)
    assert done.exit_code == 0, done.output
    assert [path.name for path in (tmp_path / "made").iterdir()] == ["secrets.yaml"]
    (made,) = yaml.safe_load_all((tmp_path / "made" / "secrets.yaml").read_text())
    assert made["metadata"]["name"] == "mine"
    assert Signer.load(made["stringData"]["ticket.jwk"]).key_id
    assert len(signing.secret(made["stringData"]["ticket-secret"], "SMARTCITY_TICKET_SECRET")) == 32
    specs = {name: spec for name, spec, _ in pods(render({"tickets": {"secret": "mine"}}))}
    variables = containers(specs["Deployment/smartcity-branding"])[-1]["env"]
    asked = [each["valueFrom"]["secretKeyRef"] for each in variables if "secretKeyRef" in each.get("valueFrom", {})]
    assert {each["key"] for each in asked if each["name"] == "mine"} >= set(made["stringData"])


def test_a_former_ticket_key_is_kept_as_the_document_says() -> None:
    former, key = new_jwk(), new_jwk()
    public = {name: value for name, value in former.items() if name != "d"}
    now = TicketSigner.of(Signer.load(json.dumps(key)), json.dumps({"keys": [public]}))
    before = TicketSigner.of(Signer.load(json.dumps(former)))
    assert now.read(before.sign("SMGE-M3C831C-KF", 1, uuid4()))
    assert TicketSigner.of(Signer.load(json.dumps(key))).read(before.sign("SMGE-M3C831C-KF", 1, uuid4())) is None
