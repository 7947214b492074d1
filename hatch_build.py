"""Build hook: the generated code is made at installation, never committed."""

import sys
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class ContractsBuildHook(BuildHookInterface[Any]):
    """Generates `proto/gen` before an editable or a wheel build collects its files."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Compile the contracts; a mistake in one stops the installation with the compiler's message."""
        if self.target_name != "wheel":
            return
        sys.path.insert(0, self.root)
        try:
            from proto.codegen.generate import generate

            generate()
        finally:
            sys.path.remove(self.root)
