"""`smartcity receipt verify`: the exit code tells what does not hold from what cannot be read."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from deploy.cli import app
from tests.governance.receipts.cases import history, receipt


def verified(folder: Path, document: Any, **more: Any) -> int:
    """The exit code for a receipt, and what it is held against."""
    files = {"": document, **more}
    for name, content in files.items():
        (folder / f"{name}.json").write_text(json.dumps(content))
    options = [word for name in more for word in (f"--{name}", str(folder / f"{name}.json"))]
    return CliRunner().invoke(app, ["receipt", "verify", str(folder / ".json"), *options]).exit_code


def test_a_receipt_that_holds_is_0_and_one_that_was_changed_1(tmp_path: Path) -> None:
    document = receipt(history(length=2))
    assert verified(tmp_path, document) == 0
    document["entries"][0]["hash"] = "0" * 64
    assert verified(tmp_path, document) == 1


@pytest.mark.parametrize("document", [{}, [], 3, None, {"receipt": None}, {"receipt": {"code": 3}}], ids=str)
def test_what_is_no_receipt_is_2(tmp_path: Path, document: Any) -> None:
    assert verified(tmp_path, document) == 2
    assert verified(tmp_path, receipt(history(length=2)), earlier=document) == 2


@pytest.mark.parametrize("content", [3, None, [3], ["x"], {"seals": [{}]}, {"keys": 3}], ids=str)
@pytest.mark.parametrize("name", ["keys", "seals"])
def test_what_it_cannot_be_held_against_is_2(tmp_path: Path, name: str, content: Any) -> None:
    assert verified(tmp_path, receipt(history(length=2)), **{name: content}) == 2
