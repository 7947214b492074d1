"""Documents as their readers may see them: model -> proto."""

from services.economy.permit_documents.model import Document
from services.kit.rpc import protos
from smartcity.economy.v1 import permit_documents_pb2 as pb


def document(one: Document) -> pb.PermitDocument:
    """What is known of one."""
    return pb.PermitDocument(
        id=str(one.id),
        document=one.document,
        content_type=one.content_type,
        width=one.width,
        height=one.height,
        size=one.size,
        create_time=protos.timestamp(one.created_at),
    )
