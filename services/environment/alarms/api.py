"""AlarmService over gRPC: proto -> action -> proto."""

from services.environment.alarms import actions
from services.environment.alarms.model import Alarm, Kind
from services.kit.database import Transaction
from services.kit.rpc import protos, rpc
from smartcity.environment.v1 import alarms_pb2 as pb
from smartcity.environment.v1 import rules_pb2

_LASTING = {pb.ALARM_STATE_UNSPECIFIED: None, pb.ALARM_STATE_OPEN: 1, pb.ALARM_STATE_CLEARED: 0}


@rpc
async def page(tx: Transaction, request: pb.ListAlarmsRequest) -> pb.ListAlarmsResponse:
    """Lists alarms, those that are open first."""
    kind = protos.member(rules_pb2.RuleKind, request.kind, Kind) if request.kind else None
    found = await actions.page(
        tx, request.thing, request.rule, kind, _LASTING[request.state], request.page_size, request.page_token
    )
    return pb.ListAlarmsResponse(alarms=[_view(tx, one) for one in found.rows], next_page_token=found.token)


def _view(tx: Transaction, alarm: Alarm) -> pb.Alarm:
    return pb.Alarm(
        id=str(alarm.id),
        rule=str(alarm.rule),
        rule_name=alarm.rule_name,
        kind=protos.number(rules_pb2.RuleKind, alarm.kind),
        datastream=str(alarm.datastream),
        thing=str(alarm.thing),
        thing_code=alarm.thing_code,
        thing_name=alarm.thing_name,
        area=protos.area(tx.runtime.city, alarm.area),
        state=pb.ALARM_STATE_OPEN if alarm.open else pb.ALARM_STATE_CLEARED,
        value=alarm.value or 0.0,
        unit=alarm.unit,
        open_time=protos.timestamp(alarm.opened_at),
        create_time=protos.timestamp(alarm.created_at),
        clear_time=protos.timestamp(alarm.cleared_at),
        end=protos.number(pb.AlarmEnd, alarm.ending) if alarm.ending else pb.ALARM_END_UNSPECIFIED,
        made_up=alarm.made_up,
    )
