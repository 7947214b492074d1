"""PermitKindService over gRPC: what can be applied for, or could be, from the city's profile."""

from services.economy import money
from services.economy.permit_kinds import profile
from services.economy.permit_kinds.profile import Kind, Step, Terms
from services.kit.city import City
from services.kit.rpc import Call, rpc
from smartcity.economy.v1 import permit_kinds_pb2 as pb

_STEPS = {Step.CHECK: pb.PERMIT_KIND_STEP_CHECK, Step.DECIDE: pb.PERMIT_KIND_STEP_DECIDE}


@rpc
async def page(call: Call, request: pb.ListPermitKindsRequest) -> pb.ListPermitKindsResponse:
    """Lists them; they are in memory."""
    terms = profile.terms_of_permits(call.runtime.city)
    found = [one for one in terms.kinds if not one.retired] if terms else []
    return pb.ListPermitKindsResponse(permit_kinds=[_view(call.runtime.city, terms, one) for one in found if terms])


@rpc
async def read(call: Call, request: pb.GetPermitKindRequest) -> pb.GetPermitKindResponse:
    """Reads one."""
    city = call.runtime.city
    found = profile.kind_of(city, request.id)
    return pb.GetPermitKindResponse(permit_kind=_view(city, profile.required(city), found))


def _view(city: City, terms: Terms, kind: Kind) -> pb.PermitKind:
    named = {one.id: one for one in terms.documents}
    return pb.PermitKind(
        id=kind.id,
        name_id=kind.name_id,
        name_en=kind.name_en,
        about_id=kind.about_id,
        about_en=kind.about_en,
        agency="" if kind.agency == profile.DISTRICT else kind.agency,
        basis=kind.basis,
        days=kind.days,
        months=kind.months or 0,
        dated_days=kind.dated_days or 0,
        extendable=kind.offers_extension,
        steps=[_STEPS[each] for each in kind.steps],
        two=kind.two,
        service=kind.service,
        business=kind.business,
        fee=money.to_proto(kind.fee, city.currency) if kind.fee else None,
        documents=[
            pb.PermitDocumentKind(id=one, name_id=named[one].name_id, name_en=named[one].name_en)
            for one in kind.documents
        ],
        made_up=[name.removeprefix("kinds.") for name in terms.made_up if name.startswith("kinds.")],
        retired=kind.retired,
    )
