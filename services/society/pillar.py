"""The whole wiring of the society pillar."""

from datetime import timedelta
from pathlib import Path

import services.society.agreeing.api as consents
import services.society.answering.api as answering
import services.society.attendance.api as attendance
import services.society.ballots.api as ballots
import services.society.booths.api as booths
import services.society.certificates.api as certificates
import services.society.comments.api as comments
import services.society.course_changes.api as course_changes
import services.society.course_following.api as course_following
import services.society.courses.api as courses
import services.society.enrolments.api as enrolments
import services.society.following.api as following
import services.society.inviting.api as inviting
import services.society.kinds.api as kinds
import services.society.outcomes.api as outcomes
import services.society.own_data.api as own_data
import services.society.processes.api as processes
import services.society.proposals.api as proposals
import services.society.residents.api as residents
import services.society.results.api as results
import services.society.supporting.api as supporting
import services.society.surveys.api as surveys
from services.kit.pillar import Pillar, Reaction, Timer
from services.society.ballots import reactions as ballot_reactions
from services.society.booths import timers as booth_timers
from services.society.certificates import timers as certificate_timers
from services.society.comments import gauges as comment_gauges
from services.society.comments import timers as comment_timers
from services.society.course_following import gauges as course_following_gauges
from services.society.course_following import timers as course_following_timers
from services.society.courses import gauges as course_gauges
from services.society.enrolments import timers as enrolment_timers
from services.society.following import gauges as following_gauges
from services.society.following import reactions as following_reactions
from services.society.following import timers as following_timers
from services.society.inviting import reactions as inviting_reactions
from services.society.inviting import timers as inviting_timers
from services.society.overview import api as overview
from services.society.own_data import reactions as own_data_reactions
from services.society.own_data import timers as own_data_timers
from services.society.preparing import prepare
from services.society.processes import gauges as process_gauges
from services.society.processes import timers as process_timers
from services.society.proposals import gauges as proposal_gauges
from services.society.proposals import reactions as proposal_reactions
from services.society.proposals import timers as proposal_timers
from services.society.residents import gauges as resident_gauges
from services.society.residents import timers as resident_timers
from services.society.results import gauges as result_gauges
from services.society.results import timers as result_timers
from services.society.settings import SocietySettings
from services.society.supporting import timers as supporting_timers
from services.society.surveys import gauges as survey_gauges
from services.society.surveys import timers as survey_timers
from smartcity.economy.v1 import events_pb2 as economy
from smartcity.environment.v1 import events_pb2 as environment
from smartcity.governance.v1 import events_pb2 as governance
from smartcity.society.v1 import events_pb2
from smartcity.types.v1 import personal_data_pb2

PILLAR = Pillar(
    name="society",
    migrations=Path(__file__).parent / "migrations",
    publishes=(events_pb2.DESCRIPTOR, personal_data_pb2.DESCRIPTOR),
    settings=SocietySettings,
    prepare=prepare,
    gauges=(
        comment_gauges.GAUGES,
        course_following_gauges.GAUGES,
        course_gauges.GAUGES,
        following_gauges.GAUGES,
        process_gauges.GAUGES,
        proposal_gauges.GAUGES,
        resident_gauges.GAUGES,
        result_gauges.GAUGES,
        survey_gauges.GAUGES,
    ),
    serves=(
        attendance,
        answering,
        ballots,
        booths,
        certificates,
        comments,
        consents,
        course_changes,
        course_following,
        courses,
        enrolments,
        following,
        inviting,
        kinds,
        outcomes,
        overview,
        own_data,
        processes,
        proposals,
        residents,
        results,
        supporting,
        surveys,
    ),
    reactions=(
        Reaction(events_pb2.ProcessMoved, ballot_reactions.on_process_moved),
        Reaction(events_pb2.ProcessMoved, proposal_reactions.on_process_moved),
        Reaction(events_pb2.ProposalAdvanced, following_reactions.on_proposal_advanced),
        Reaction(events_pb2.PersonalDataRequested, own_data_reactions.on_personal_data_requested),
        Reaction(personal_data_pb2.PersonalDataReported, own_data_reactions.on_personal_data_reported),
        Reaction(environment.CleanupCompleted, proposal_reactions.on_cleanup_completed),
        Reaction(economy.PaymentCaptured, proposal_reactions.on_payment_captured),
        Reaction(economy.PermitAdvanced, proposal_reactions.on_permit_advanced),
        Reaction(governance.ComplaintResolved, proposal_reactions.on_complaint_resolved),
        Reaction(economy.PaymentCaptured, inviting_reactions.on_payment_captured),
        Reaction(economy.PermitAdvanced, inviting_reactions.on_permit_advanced),
        Reaction(governance.ComplaintStatusChanged, inviting_reactions.on_complaint_status_changed),
    ),
    timers=(
        Timer("phases of processes", timedelta(seconds=1), process_timers.due),
        Timer("counters of processes", timedelta(seconds=5), process_timers.fold_counters),
        Timer("ballots to count", timedelta(seconds=1), result_timers.count),
        Timer("old counts of booths", timedelta(hours=1), booth_timers.forget),
        Timer("old requests for own data", timedelta(hours=1), own_data_timers.forget),
        Timer("news to followers", timedelta(seconds=1), following_timers.pass_on),
        Timer("mails to followers", timedelta(seconds=1), following_timers.deliver),
        Timer("old followers", timedelta(hours=1), following_timers.prune),
        Timer("counters of proposals", timedelta(seconds=5), proposal_timers.fold_counters),
        Timer("old words of proposals", timedelta(hours=1), proposal_timers.forget),
        Timer("old words of comments", timedelta(hours=1), comment_timers.forget),
        Timer("old networks of supporters", timedelta(hours=1), supporting_timers.forget),
        Timer("courses that are over", timedelta(minutes=1), certificate_timers.due),
        Timer("mails of courses", timedelta(seconds=1), course_following_timers.deliver),
        Timer("old addresses of courses", timedelta(hours=1), course_following_timers.prune),
        Timer("old names of courses", timedelta(hours=1), enrolment_timers.forget),
        Timer("surveys that end", timedelta(seconds=1), survey_timers.due),
        Timer("counters of surveys", timedelta(seconds=5), survey_timers.fold_counters),
        Timer("old words of surveys", timedelta(hours=1), survey_timers.forget),
        Timer("old invitations", timedelta(hours=1), inviting_timers.forget),
        Timer("old declarations of residence", timedelta(hours=1), resident_timers.forget),
    ),
)
