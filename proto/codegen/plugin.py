"""The protoc plugin: reads a request on standard input, answers with the files it made on standard output.

Besides `<file>_views.py` for each contract it writes `<package>/contracts.py`, the RPCs of them all, and
`asyncapi.json`, the catalogue of their events. The parameter `version=...` is the version the catalogue carries.
"""

import json
import sys

from google.protobuf.compiler.plugin_pb2 import CodeGeneratorRequest, CodeGeneratorResponse

from proto.codegen import asyncapi, edge, names, rpcs, views
from proto.codegen.contracts import Catalogue, ContractError


def answer(request: CodeGeneratorRequest) -> CodeGeneratorResponse:
    """The generated files, or the mistake in the contracts that protoc is to report."""
    response = CodeGeneratorResponse(supported_features=CodeGeneratorResponse.FEATURE_PROTO3_OPTIONAL)
    try:
        for name, content in _generate(request).items():
            response.file.add(name=name, content=content)
    except ContractError as error:
        response.error = str(error)
    return response


def _generate(request: CodeGeneratorRequest) -> dict[str, str]:
    catalogue = Catalogue(request.proto_file)
    files = [catalogue.file(name) for name in request.file_to_generate]
    generated = {}
    for file in files:
        package, module = names.module(file, "_views")
        generated[f"{package.replace('.', '/')}/{module}.py"] = views.write(file, catalogue)
    edge.check(files, catalogue)
    generated |= rpcs.write(files)
    version = dict(part.split("=", 1) for part in request.parameter.split(",") if "=" in part).get("version", "0")
    document = asyncapi.document(asyncapi.events_of(files, catalogue), catalogue, version=version)
    generated["asyncapi.json"] = json.dumps(document, indent=2, ensure_ascii=False) + "\n"
    return generated


def main() -> None:
    """Speak protoc's plugin protocol once."""
    request = CodeGeneratorRequest.FromString(sys.stdin.buffer.read())
    sys.stdout.buffer.write(answer(request).SerializeToString())


if __name__ == "__main__":
    main()
