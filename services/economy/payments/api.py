"""PaymentService over gRPC: proto -> action -> proto."""

from services.kit.caller import Access, Scope
from services.kit.runtime import Runtime
from smartcity.economy.v1 import payments_pb2_grpc

_ALL = dict.fromkeys(("anonymous", "citizen", "officer", "verifier", "admin"), Scope.ANY)
_DESK = {"citizen": Scope.OWN, "officer": Scope.OWN_AGENCY, "admin": Scope.ANY}
_OFFICE = {"officer": Scope.OWN_AGENCY, "admin": Scope.ANY}
_PAYER = {"citizen": Scope.OWN}

ACCESS: Access = {
    "CreatePayment": _DESK,
    "GetPayment": _ALL,
    "ListPayments": _DESK,
    "PresentQr": _ALL,
    "PayFromWallet": _PAYER,
    "RecordCash": _OFFICE,
    "CancelPayment": _DESK,
    "CheckRefund": _DESK,
    "CreateRefund": _DESK,
    "ListRefunds": _DESK,
    "ApproveRefund": _OFFICE,
    "RejectRefund": _OFFICE,
    "ListSuspense": _OFFICE,
    "ProposeRelease": _OFFICE,
    "ApproveRelease": _OFFICE,
}


class PaymentService(payments_pb2_grpc.PaymentServiceServicer):
    """Carries payments from their creation to capture and refund."""

    def __init__(self, runtime: Runtime) -> None:
        """Serves on what the pillar has."""
        self._runtime = runtime
