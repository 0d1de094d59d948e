"""Everything that is held about one pupil, table by table."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session, aliased

from cloud.accounts.tables import AuditEntry, User
from cloud.attendance.health.tables import FeverAlarm, HealthEntry
from cloud.attendance.leave.tables import LeaveAttachment, LeaveRequest, LeaveStep
from cloud.attendance.meals.tables import MealExcuse, MealFeedback, MealPortion, MealRegistration, MealWish
from cloud.attendance.register.tables import AbsenceWarning, AttendanceMark, RegisterChange, RegisterEntry
from cloud.attendance.release.tables import AlonePermission, CollectPermit, PupilRelease
from cloud.attendance.tables import Observation, Presence
from cloud.biometrics.photos.tables import FamilyPhoto
from cloud.biometrics.tables import (
    ConsentDecision,
    ConsentScan,
    FaceTemplate,
    MatchTrend,
    PrivacyRequest,
    RosterHolding,
    SiblingLink,
    TemplateAccess,
)
from cloud.briefings.tables import BriefingHolding
from cloud.cards.tables import IssuedCard, PupilChip
from cloud.devices.tables import Device
from cloud.kit.i18n import marked
from cloud.notifications.notices.tables import Notice, NoticeReceipt
from cloud.notifications.tables import Message
from cloud.notifications.threads.tables import Thread, ThreadFile, ThreadMessage, ThreadRead
from cloud.people.members.tables import Invitation
from cloud.people.tables import Guardian, Guardianship, Student, StudentLogin, StudentRecord, StudentStep
from cloud.school.tables import School, SchoolClass

LEFT_OUT = {
    "departure_told": "the time that was told; the words stand in message",
    "register_finding": "what the nightly check compared; what it changed stands in register_change",
    "roster_change": "a number for each change of the school's roster; what changed stands in face_template",
    "thread": "when it began and went on stands in thread_message",
    "thread_file": "which message came with one stands in thread_message; the file itself is in the thread",
}
"""Tables that have to do with a pupil and say nothing of them. Which tables those are, a test finds out by itself."""


@dataclass(frozen=True, slots=True)
class Section:
    key: str
    title: str
    """Marked for translation."""
    table: str
    fields: tuple[str, ...]
    rows: Sequence[Sequence[object]]


def sections(session: Session, student_id: UUID, *, reader: UUID | None) -> list[Section]:
    """`reader` is the user of a guardian, who gets no other guardian's messages; None for staff."""
    statements = _statements(student_id, reader)
    return [
        Section(key, title, table, tuple(statement.selected_columns.keys()), session.execute(statement).all())
        for key, title, table, statement in statements
    ]


def _statements(student_id: UUID, reader: UUID | None) -> list[tuple[str, str, str, Select[*tuple[object, ...]]]]:
    joined, left = aliased(SchoolClass), aliased(SchoolClass)
    messages = (
        select(
            Message.queued_at, Message.channel, Message.kind, Message.subject, Message.body, Message.state,
            Message.sent_at, Message.delivered_at, Message.read_at,
        )
        .where(Message.student_id == student_id)
        .order_by(Message.queued_at)
    )  # fmt: skip
    if reader is not None:
        messages = messages.join(Guardian, Guardian.id == Message.guardian_id).where(Guardian.user_id == reader)
    notices = (
        select(Notice.sent_at, Notice.subject, Notice.body, NoticeReceipt.read_at, NoticeReceipt.acknowledged_at)
        .join(Notice, Notice.id == NoticeReceipt.notice_id)
        .where(NoticeReceipt.child_id == student_id)
        .order_by(Notice.sent_at)
    )
    if reader is not None:
        notices = notices.join(Guardian, Guardian.id == NoticeReceipt.guardian_id).where(Guardian.user_id == reader)
    return [
        ("pupil", marked("The pupil"), "student",
         select(Student.code, Student.full_name, Student.birth_date, Student.personal_id, School.name.label("school"),
                SchoolClass.name.label("class_name"), Student.left_on)
         .join(School, School.id == Student.school_id).join(SchoolClass, SchoolClass.id == Student.class_id)
         .where(Student.id == student_id)),
        ("record", marked("For the sector database"), "student_record",
         select(StudentRecord.details).where(StudentRecord.student_id == student_id)),
        ("steps", marked("Classes"), "student_step",
         select(StudentStep.day, left.name.label("from_class"), joined.name.label("to_class"), StudentStep.reason,
                StudentStep.other_school)
         .outerjoin(left, left.id == StudentStep.from_class_id).outerjoin(joined, joined.id == StudentStep.to_class_id)
         .where(StudentStep.student_id == student_id).order_by(StudentStep.day, StudentStep.at)),
        ("guardians", marked("Guardians"), "guardianship",
         select(Guardian.full_name, Guardianship.may_see, Guardianship.may_collect)
         .join(Guardian, Guardian.id == Guardianship.guardian_id)
         .where(Guardianship.student_id == student_id).order_by(Guardian.full_name)),
        ("log_in", marked("The pupil's own log-in"), "student_login",
         select(StudentLogin.user_id).where(StudentLogin.student_id == student_id)),
        ("invitations", marked("Invitations to it"), "invitation",
         select(Invitation.made_at, Invitation.expires_at, Invitation.used_at)
         .where(Invitation.student_id == student_id).order_by(Invitation.made_at)),
        ("consent", marked("Consent"), "consent_decision",
         select(ConsentDecision.decided_at, ConsentDecision.party, ConsentDecision.guardian_name,
                ConsentDecision.answer, ConsentDecision.how, ConsentDecision.wording_version,
                ConsentDecision.wording_language, ConsentDecision.wording_sha256)
         .where(ConsentDecision.student_id == student_id).order_by(ConsentDecision.number)),
        ("scans", marked("Scanned forms"), "consent_scan",
         select(ConsentScan.added_at, ConsentScan.sha256).where(ConsentScan.student_id == student_id)
         .order_by(ConsentScan.added_at)),
        ("requests", marked("What was asked for"), "privacy_request",
         select(PrivacyRequest.received_at, PrivacyRequest.kind, PrivacyRequest.wish, PrivacyRequest.acknowledged_at,
                PrivacyRequest.done_at)
         .where(PrivacyRequest.student_id == student_id).order_by(PrivacyRequest.received_at)),
        ("templates", marked("Face templates (facts only)"), "face_template",
         select(FaceTemplate.made_at, FaceTemplate.model, FaceTemplate.quality)
         .where(FaceTemplate.student_id == student_id).order_by(FaceTemplate.made_at)),
        ("scores", marked("How near the face comes to them (1: not recognised any more)"), "match_trend",
         select(MatchTrend.judged_at, MatchTrend.early, MatchTrend.recent, MatchTrend.model)
         .where(MatchTrend.student_id == student_id)),
        ("units", marked("Units that hold or held them"), "roster_holding",
         select(Device.name.label("unit"), RosterHolding.given_at, RosterHolding.erased_at,
                RosterHolding.acknowledged_at)
         .join(Device, Device.id == RosterHolding.device_id)
         .where(RosterHolding.student_id == student_id).order_by(Device.name)),
        ("unit_names", marked("Units that hold or held the name"), "briefing_holding",
         select(Device.name.label("unit"), BriefingHolding.given_at, BriefingHolding.erased_at)
         .join(Device, Device.id == BriefingHolding.device_id)
         .where(BriefingHolding.person == str(student_id)).order_by(Device.name)),
        ("accesses", marked("Who opened them"), "template_access",
         select(TemplateAccess.at, TemplateAccess.purpose, TemplateAccess.device_id.label("unit"),
                TemplateAccess.templates)
         .where(TemplateAccess.student_id == student_id).order_by(TemplateAccess.at)),
        # Without the other pupil: they are perhaps another family's.
        ("siblings", marked("Links with somebody who looks alike"), "sibling_link",
         select(SiblingLink.linked_at)
         .where(or_(SiblingLink.first_id == student_id, SiblingLink.second_id == student_id))
         .order_by(SiblingLink.linked_at)),
        ("photos", marked("Photos that were sent"), "family_photo",
         select(FamilyPhoto.sent_at, FamilyPhoto.state, FamilyPhoto.reason, FamilyPhoto.decided_at)
         .where(FamilyPhoto.student_id == student_id).order_by(FamilyPhoto.sent_at)),
        ("cards", marked("Cards"), "issued_card",
         select(IssuedCard.serial, IssuedCard.issued_at, IssuedCard.valid_until, IssuedCard.revoked_at)
         .where(IssuedCard.student_id == student_id).order_by(IssuedCard.serial)),
        ("chip", marked("Chip"), "pupil_chip",
         select(PupilChip.value, PupilChip.given_at).where(PupilChip.student_id == student_id)),
        ("register", marked("Register"), "register_entry",
         select(RegisterEntry.day, RegisterEntry.half, RegisterEntry.presence, RegisterEntry.late_minutes,
                RegisterEntry.left_early_minutes, RegisterEntry.permission, RegisterEntry.by_person)
         .where(RegisterEntry.student_id == student_id).order_by(RegisterEntry.day, RegisterEntry.half.desc())),
        ("register_changes", marked("Changes of the register"), "register_change",
         select(RegisterChange.at, RegisterChange.day, RegisterChange.half, RegisterChange.presence,
                RegisterChange.permission, RegisterChange.because)
         .where(RegisterChange.student_id == student_id).order_by(RegisterChange.at)),
        ("marks", marked("What people wrote"), "attendance_mark",
         select(AttendanceMark.at, AttendanceMark.day, AttendanceMark.half, AttendanceMark.period,
                AttendanceMark.presence, AttendanceMark.permission, AttendanceMark.reason)
         .where(AttendanceMark.student_id == student_id).order_by(AttendanceMark.at)),
        ("days", marked("Days at school"), "presence",
         select(Presence.day, Presence.first_in_at, Presence.last_seen_at, Presence.passages)
         .where(Presence.student_id == student_id).order_by(Presence.day)),
        ("sightings", marked("Sightings"), "observation",
         select(Observation.captured_at, Device.name.label("unit"), Observation.method, Observation.direction,
                Observation.temperature_c, Observation.quality, Observation.distance)
         .join(Device, Device.id == Observation.device_id)
         .where(Observation.student_id == student_id).order_by(Observation.received_at, Observation.seq)),
        ("leave", marked("Leave requests"), "leave_request",
         select(LeaveRequest.asked_at, LeaveRequest.first_day, LeaveRequest.first_half, LeaveRequest.last_day,
                LeaveRequest.last_half, LeaveRequest.reason, LeaveRequest.told_by, LeaveRequest.state)
         .where(LeaveRequest.student_id == student_id).order_by(LeaveRequest.asked_at)),
        ("leave_steps", marked("What became of leave requests"), "leave_step",
         select(LeaveStep.at, LeaveStep.state, LeaveStep.note)
         .join(LeaveRequest, LeaveRequest.id == LeaveStep.request_id)
         .where(LeaveRequest.student_id == student_id).order_by(LeaveStep.at)),
        ("leave_files", marked("Files sent with leave requests"), "leave_attachment",
         select(LeaveAttachment.added_at, LeaveAttachment.media_type)
         .join(LeaveRequest, LeaveRequest.id == LeaveAttachment.request_id)
         .where(LeaveRequest.student_id == student_id).order_by(LeaveAttachment.added_at)),
        ("meals", marked("Meals"), "meal_registration",
         select(MealRegistration.first_day, MealRegistration.last_day, MealRegistration.weekdays, MealRegistration.diet)
         .where(MealRegistration.student_id == student_id).order_by(MealRegistration.first_day)),
        ("meal_excuses", marked("Meals excused"), "meal_excuse",
         select(MealExcuse.day, MealExcuse.noticed_at, MealExcuse.before_cut_off)
         .where(MealExcuse.student_id == student_id).order_by(MealExcuse.day)),
        ("meal_wishes", marked("Meals asked for"), "meal_wish",
         select(MealWish.asked_at, MealWish.first_day, MealWish.weekdays, MealWish.diet, MealWish.state)
         .where(MealWish.student_id == student_id).order_by(MealWish.asked_at)),
        ("portions", marked("Meals eaten"), "meal_portion",
         select(MealPortion.day, MealPortion.diet, MealPortion.in_doubt, MealPortion.supplement)
         .where(MealPortion.student_id == student_id).order_by(MealPortion.day)),
        ("feedback", marked("How meals were liked"), "meal_feedback",
         select(MealFeedback.day, MealFeedback.stars, MealFeedback.dish, MealFeedback.comment)
         .where(MealFeedback.student_id == student_id).order_by(MealFeedback.day)),
        ("releases", marked("Handed over"), "pupil_release",
         select(PupilRelease.at, PupilRelease.way, PupilRelease.to_name, PupilRelease.undone_at)
         .where(PupilRelease.student_id == student_id).order_by(PupilRelease.at)),
        ("permits", marked("Who else may collect, on one day"), "collect_permit",
         select(CollectPermit.day, CollectPermit.name, CollectPermit.given_at, CollectPermit.used_at,
                CollectPermit.withdrawn_at)
         .where(CollectPermit.student_id == student_id).order_by(CollectPermit.day)),
        ("alone", marked("May go home alone"), "alone_permission",
         select(AlonePermission.given_at).where(AlonePermission.student_id == student_id)),
        ("health", marked("Health desk"), "health_entry",
         select(HealthEntry.at, HealthEntry.kind, HealthEntry.temperature_c, HealthEntry.note, HealthEntry.struck_at)
         .where(HealthEntry.student_id == student_id).order_by(HealthEntry.at)),
        ("alarms", marked("Told to the health staff"), "fever_alarm",
         select(FeverAlarm.raised_at, FeverAlarm.half).where(FeverAlarm.student_id == student_id)
         .order_by(FeverAlarm.raised_at)),
        ("warnings", marked("Warned of absences"), "absence_warning",
         select(AbsenceWarning.reached_at, AbsenceWarning.warn_at).where(AbsenceWarning.student_id == student_id)
         .order_by(AbsenceWarning.reached_at)),
        ("messages", marked("Messages"), "message", messages),
        ("notices", marked("Notices"), "notice_receipt", notices),
        ("threads", marked("Written with teachers"), "thread_message",
         select(ThreadMessage.at, User.display_name.label("who"), ThreadMessage.side, ThreadMessage.body,
                ThreadFile.media_type.label("file"), ThreadMessage.taken_back_at)
         .join(Thread, Thread.id == ThreadMessage.thread_id).join(User, User.id == ThreadMessage.author_id)
         .outerjoin(ThreadFile, ThreadFile.message_id == ThreadMessage.id)
         .where(Thread.student_id == student_id).order_by(ThreadMessage.at)),
        ("threads_read", marked("Who has read what was written with teachers"), "thread_read",
         select(User.display_name.label("who"), ThreadRead.read_at)
         .join(Thread, Thread.id == ThreadRead.thread_id).join(User, User.id == ThreadRead.user_id)
         .where(Thread.student_id == student_id).order_by(ThreadRead.read_at)),
        # Without the details, which may name others.
        ("log", marked("Log of changes"), "audit_entry",
         select(AuditEntry.at, AuditEntry.action).where(AuditEntry.subject == str(student_id))
         .order_by(AuditEntry.at)),
    ]  # fmt: skip
