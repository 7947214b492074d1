"""PermitDocumentService over gRPC. Only what photos are; the bytes go from the gateway to the file store."""

from services.economy.permit_documents import actions, store, views
from services.economy.permit_documents.model import Document
from services.kit import ids
from services.kit.database import Transaction
from services.kit.errors import DomainError, invalid
from services.kit.rpc import one_statement, rpc
from smartcity.economy.v1 import permit_documents_pb2 as pb

ERASED_AT_ONCE = 200


@rpc
async def check(tx: Transaction, request: pb.CheckPermitDocumentRequest) -> pb.CheckPermitDocumentResponse:
    """Says whether the caller may add one."""
    wanted = ids.parse(request.id)
    if wanted is None:
        raise _invalid("id must be a UUID.", "id")
    return pb.CheckPermitDocumentResponse(known=await actions.check(tx, request.code, request.document, wanted))


@rpc
async def create(tx: Transaction, request: pb.CreatePermitDocumentRequest) -> pb.CreatePermitDocumentResponse:
    """Records one."""
    made = await actions.add(tx, request.code, _wanted(tx, request))
    return pb.CreatePermitDocumentResponse(document=views.document(made))


@rpc
async def remove(tx: Transaction, request: pb.DeletePermitDocumentRequest) -> pb.DeletePermitDocumentResponse:
    """Takes one out."""
    return pb.DeletePermitDocumentResponse(id=await actions.remove(tx, request.code, request.id))


@rpc
async def read(tx: Transaction, request: pb.GetPermitDocumentRequest) -> pb.GetPermitDocumentResponse:
    """Says where one lies."""
    found = await actions.read(tx, request.code, request.id)
    return pb.GetPermitDocumentResponse(document=views.document(found), path=found.path)


@rpc
@one_statement
async def paths(tx: Transaction, request: pb.ListPermitDocumentPathsRequest) -> pb.ListPermitDocumentPathsResponse:
    """For the file store's own order: which files somebody refers to."""
    wanted = [found for each in request.ids if (found := ids.parse(each)) is not None]
    return pb.ListPermitDocumentPathsResponse(paths=await store.paths(tx, wanted))


@rpc
@one_statement
async def erased(tx: Transaction, request: pb.ListErasedPermitFilesRequest) -> pb.ListErasedPermitFilesResponse:
    """Which files are to go."""
    return pb.ListErasedPermitFilesResponse(paths=await store.erased_files(tx, ERASED_AT_ONCE, request.after))


@rpc
async def forget(tx: Transaction, request: pb.ForgetErasedPermitFilesRequest) -> pb.ForgetErasedPermitFilesResponse:
    """Those are gone."""
    await store.forget_files(tx, list(request.paths))
    return pb.ForgetErasedPermitFilesResponse()


def _wanted(tx: Transaction, request: pb.CreatePermitDocumentRequest) -> Document:
    given, id_ = request.photo, ids.parse(request.photo.id)
    if id_ is None:
        raise _invalid("photo.id must be a UUID.", "photo.id")
    if request.path.startswith("/") or ".." in request.path.split("/"):
        raise _invalid("path must be a relative path without `..`.", "path")
    return Document(
        id=id_, permit=id_, document=request.document, content_type=given.content_type, width=given.width,
        height=given.height, size=given.size, path=request.path, sha256=request.sha256, created_at=tx.now,
    )  # fmt: skip


def _invalid(message: str, field: str) -> DomainError:
    return invalid("PHOTO_INVALID", message, field=field)
