"""The protoc plugin: reads a request on standard input, answers with the files it made on standard output."""

import sys

from google.protobuf.compiler.plugin_pb2 import CodeGeneratorRequest, CodeGeneratorResponse


def answer(request: CodeGeneratorRequest) -> CodeGeneratorResponse:
    """Make the views of the requested files."""
    response = CodeGeneratorResponse(supported_features=CodeGeneratorResponse.FEATURE_PROTO3_OPTIONAL)
    return response


def main() -> None:
    """Speak protoc's plugin protocol once."""
    request = CodeGeneratorRequest.FromString(sys.stdin.buffer.read())
    sys.stdout.buffer.write(answer(request).SerializeToString())


if __name__ == "__main__":
    main()
