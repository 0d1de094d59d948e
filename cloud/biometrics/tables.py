from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from cloud.kit.db import Base, UtcDateTime
from cloud.kit.ids import new_id


class ConsentScan(Base):
    """A signed paper form, sealed. The digest is of the file as it was scanned."""

    __tablename__ = "consent_scan"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    student_id: Mapped[UUID] = mapped_column(ForeignKey("student.id"), index=True)
    sha256: Mapped[str] = mapped_column(String(64))
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    added_at: Mapped[datetime] = mapped_column(UtcDateTime)


class ConsentDecision(Base):
    """One answer, for ever: neither changed nor removed, which the database itself sees to (guards.py).

    The latest of each guardian, and of the child, is what counts. `number` gives their order within one pupil: time
    is never an order.
    """

    __tablename__ = "consent_decision"
    __table_args__ = (
        UniqueConstraint("student_id", "number"),
        CheckConstraint("party IN ('guardian', 'child')", name="party"),
        CheckConstraint("answer IN ('granted', 'refused', 'withdrawn')", name="answer"),
        CheckConstraint("how IN ('paper', 'guardian_page', 'in_person')", name="how"),
        CheckConstraint("(party = 'guardian') = (guardian_id IS NOT NULL)", name="a_guardian_has_a_name"),
        CheckConstraint("(how = 'paper') = (scan_id IS NOT NULL)", name="paper_is_scanned"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    student_id: Mapped[UUID] = mapped_column(ForeignKey("student.id"))
    number: Mapped[int]
    party: Mapped[str] = mapped_column(String(8))
    guardian_id: Mapped[UUID | None]
    """No foreign key: the proof outlives the guardian's record."""
    guardian_name: Mapped[str | None] = mapped_column(String(120))
    """As it was then."""
    answer: Mapped[str] = mapped_column(String(10))
    how: Mapped[str] = mapped_column(String(14))
    wording_version: Mapped[int]
    wording_language: Mapped[str] = mapped_column(String(2))
    wording_sha256: Mapped[str] = mapped_column(String(64))
    scan_id: Mapped[UUID | None] = mapped_column(ForeignKey("consent_scan.id"))
    decided_at: Mapped[datetime] = mapped_column(UtcDateTime)
    """When it was said; a paper form may be older than its record."""
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)
    recorded_by: Mapped[UUID]
    """The user whose hand it was: the guardian's own, or staff."""


class PrivacyRequest(Base):
    """What a family asked for, and by when the law wants it done (rules.py: clocks)."""

    __tablename__ = "privacy_request"
    __table_args__ = (
        CheckConstraint("kind IN ('withdrawal', 'access', 'correction', 'deletion')", name="kind"),
        Index("ix_privacy_request_done_at_received_at", "done_at", "received_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    school_id: Mapped[UUID] = mapped_column(ForeignKey("school.id"), index=True)
    student_id: Mapped[UUID] = mapped_column(ForeignKey("student.id"), index=True)
    kind: Mapped[str] = mapped_column(String(12))
    wish: Mapped[str] = mapped_column(String(1000), default="", server_default="")
    """In the family's own words: what is wrong and how it should read, what is to go."""
    received_at: Mapped[datetime] = mapped_column(UtcDateTime)
    received_by: Mapped[UUID]
    acknowledged_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    done_by: Mapped[UUID | None]
    """None: the machine, as soon as the last unit had erased."""


class FaceTemplate(Base):
    """One view of one face, sealed with the pupil's own key. Never changed, and never without consent (guards.py).

    No name stands here, and the key stands in another database (keyring.py).
    """

    __tablename__ = "face_template"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    school_id: Mapped[UUID] = mapped_column(ForeignKey("school.id"), index=True)
    student_id: Mapped[UUID] = mapped_column(ForeignKey("student.id"), index=True)
    model: Mapped[str] = mapped_column(String(64))
    """The embedder's digest: templates of two models are never compared."""
    quality: Mapped[float]
    key_id: Mapped[UUID] = mapped_column(index=True)
    """Of the key in the keyring."""
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    made_by: Mapped[UUID]


class TemplateAccess(Base):
    """Who read whose templates, when and what for: a pupil's, or for a comparison all of a school. Append-only
    (guards.py)."""

    __tablename__ = "template_access"
    __table_args__ = (
        Index("ix_template_access_student_id_at", "student_id", "at"),
        CheckConstraint("(student_id IS NULL) <> (school_id IS NULL)", name="of_one"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    student_id: Mapped[UUID | None] = mapped_column(ForeignKey("student.id"))
    school_id: Mapped[UUID | None] = mapped_column(ForeignKey("school.id"), index=True)
    """Of a comparison with everybody enrolled there; a row for each of them would be a million a year."""
    purpose: Mapped[str] = mapped_column(String(20))
    user_id: Mapped[UUID | None]
    device_id: Mapped[str | None] = mapped_column(String(64))
    templates: Mapped[int]


class MatchTrend(Base):
    """How near a pupil still comes to their templates, as a part of the units' threshold. Gone with the templates."""

    __tablename__ = "match_trend"

    student_id: Mapped[UUID] = mapped_column(ForeignKey("student.id", ondelete="CASCADE"), primary_key=True)
    school_id: Mapped[UUID] = mapped_column(ForeignKey("school.id"), index=True)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    """Of the templates, as the model is: with other ones everything begins anew."""
    model: Mapped[str] = mapped_column(String(64))
    early: Mapped[float]
    """Just after the enrolment."""
    recent: Mapped[float]
    judged_at: Mapped[datetime] = mapped_column(UtcDateTime)


class SiblingLink(Base):
    """Two pupils who look alike and are known to be two: neither is taken for an enrolment of the other."""

    __tablename__ = "sibling_link"
    __table_args__ = (CheckConstraint("first_id < second_id", name="in_order"),)

    first_id: Mapped[UUID] = mapped_column(ForeignKey("student.id", ondelete="CASCADE"), primary_key=True)
    second_id: Mapped[UUID] = mapped_column(ForeignKey("student.id", ondelete="CASCADE"), primary_key=True, index=True)
    linked_by: Mapped[UUID]
    linked_at: Mapped[datetime] = mapped_column(UtcDateTime)


class RosterHead(Base):
    """A school's roster version: it rises with every template made or gone and every pupil who changes class."""

    __tablename__ = "roster_head"

    school_id: Mapped[UUID] = mapped_column(ForeignKey("school.id"), primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger)


class RosterChange(Base):
    """Whom a version is about. Written by the database itself (guards.py), so that no way round the code is missed."""

    __tablename__ = "roster_change"

    school_id: Mapped[UUID] = mapped_column(ForeignKey("school.id"), primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    student_id: Mapped[UUID]


class RosterUnit(Base):
    """What a unit may know, under which key, and what it last said that it holds."""

    __tablename__ = "roster_unit"

    device_id: Mapped[str] = mapped_column(ForeignKey("device.id"), primary_key=True)
    class_id: Mapped[UUID | None] = mapped_column(ForeignKey("school_class.id"))
    """A classroom door knows its class; None, a gate, knows the school."""
    key_id: Mapped[UUID]
    sealed_key: Mapped[bytes] = mapped_column(LargeBinary)
    acked_version: Mapped[int] = mapped_column(BigInteger, default=0)
    acked_sha256: Mapped[str | None] = mapped_column(String(64))
    acked_people: Mapped[int | None]
    acked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    noticed_version: Mapped[int] = mapped_column(BigInteger, default=0)
    """The last version that the unit was told of by MQTT."""


class RosterHolding(Base):
    """A pupil whose templates were given to a unit. Erased only when the unit itself has said so."""

    __tablename__ = "roster_holding"

    device_id: Mapped[str] = mapped_column(ForeignKey("device.id"), primary_key=True)
    student_id: Mapped[UUID] = mapped_column(ForeignKey("student.id"), primary_key=True, index=True)
    given_at: Mapped[datetime] = mapped_column(UtcDateTime)
    erased_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When the unit did, in its own words."""
    acknowledged_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
