"""Generation as a whole: what is made, what is refused."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from proto.codegen.breaking import last_release
from proto.codegen.generate import GENERATED, PROTO, GenerationError, generate

HEADER = 'syntax = "proto3";\npackage wrong.pillar.v1;\n'


def _generate(folder: Path, name: str, content: str) -> Path:
    """Compile one contract of the given content; returns the folder of the generated code."""
    contracts = folder / "contracts"
    file = contracts / "wrong/pillar/v1" / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(HEADER + content, encoding="utf-8")
    generate(folder / "gen", contracts=contracts, roots=(contracts, PROTO))
    return folder / "gen"


def test_a_field_without_a_view_is_refused_by_name(tmp_path: Path) -> None:
    content = 'import "google/protobuf/any.proto";\nmessage Box { google.protobuf.Any content = 1; }\n'
    with pytest.raises(GenerationError, match=r"box\.proto: field wrong\.pillar\.v1\.Box\.content is a .*Any"):
        _generate(tmp_path, "box.proto", content)


def test_an_event_that_does_not_say_who_may_see_it_is_refused(tmp_path: Path) -> None:
    with pytest.raises(GenerationError, match=r"wrong\.pillar\.v1\.Filed does not say who may see it"):
        _generate(tmp_path, "events.proto", "message Filed { string code = 1; }\n")


def test_an_example_that_is_no_value_of_its_field_is_refused(tmp_path: Path) -> None:
    with pytest.raises(GenerationError, match=r"example of wrong\.pillar\.v1\.Count\.n is no JSON value"):
        _generate(tmp_path, "count.proto", "message Count {\n  // How many. Example: seven\n  int32 n = 1;\n}\n")


def test_an_example_that_is_no_value_of_its_enum_is_refused(tmp_path: Path) -> None:
    content = (
        "enum Size {\n  SIZE_UNSPECIFIED = 0;\n  SIZE_LARGE = 1;\n}\n"
        'message Box {\n  // How large. Example: "large"\n  Size size = 1;\n}\n'
    )
    with pytest.raises(
        GenerationError, match=r"example of wrong\.pillar\.v1\.Box\.size is no value of Size: '\"large\"'"
    ):
        _generate(tmp_path, "box.proto", content)


def test_two_types_of_one_python_name_are_refused(tmp_path: Path) -> None:
    content = "message Outer { message Inner {} }\nmessage OuterInner {}\n"
    with pytest.raises(GenerationError, match="two types become OuterInner"):
        _generate(tmp_path, "outer.proto", content)


def test_a_contract_with_a_mistake_leaves_the_code_of_before(tmp_path: Path) -> None:
    made = _generate(tmp_path, "good.proto", "message Good {}\n")
    with pytest.raises(GenerationError, match=r"bad\.proto:3:15"):
        _generate(tmp_path, "bad.proto", "message Bad { Unknown field = 1; }\n")
    assert (made / "wrong/pillar/v1/good_pb2.py").exists()
    assert sorted(each.name for each in tmp_path.iterdir()) == ["contracts", "gen"]


def test_code_of_a_contract_that_is_gone_goes_too(tmp_path: Path) -> None:
    _generate(tmp_path, "first.proto", "message First {}\n")
    (tmp_path / "contracts/wrong/pillar/v1/first.proto").unlink()
    made = _generate(tmp_path, "second.proto", "message Second {}\n")
    assert [each.name for each in made.rglob("*_pb2.py")] == ["second_pb2.py"]


def test_the_generated_code_passes_strict_typing(generated: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "mypy", "--strict", "--config-file=", f"--cache-dir={tmp_path}", "-p", "viewtest"]
    path = os.pathsep.join((str(generated), str(GENERATED)))
    outcome = subprocess.run(
        command, cwd=tmp_path, env={**os.environ, "MYPYPATH": path}, capture_output=True, text=True, check=False
    )
    assert outcome.returncode == 0, outcome.stdout + outcome.stderr


def test_the_installed_project_imports_from_any_folder(tmp_path: Path) -> None:
    code = "import cities, deploy, gateway, observability, services, smartcity.governance.v1.complaints_views"
    outcome = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert outcome.returncode == 0, outcome.stderr


def test_the_last_release_is_the_highest_version_not_the_last_name(tmp_path: Path) -> None:
    for version in ("0.9.0", "0.10.0"):
        (tmp_path / f"v{version}.binpb").touch()
    found = last_release(tmp_path)
    assert found is not None
    assert found.name == "v0.10.0.binpb"


def test_before_the_first_release_there_is_nothing_to_compare_with(tmp_path: Path) -> None:
    assert last_release(tmp_path) is None
