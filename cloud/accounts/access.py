"""Who acts, and what they may: the one place where rights are decided.

A right is held through a role within a scope. What a role may do is in RIGHTS, over what in SCOPES; which pupils,
classes and units a scope holds is found where they are: `school/access.py` and `people/access.py`.
"""

from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from uuid import UUID


class Role(StrEnum):
    ADMINISTRATOR = "administrator"
    PRINCIPAL = "principal"
    VICE_PRINCIPAL = "vice_principal"
    HOMEROOM_TEACHER = "homeroom_teacher"
    SUBJECT_TEACHER = "subject_teacher"
    ACCOUNTANT = "accountant"
    CLERK = "clerk"
    HEALTH_STAFF = "health_staff"
    LIBRARIAN = "librarian"
    GUARD = "guard"
    GUARDIAN = "guardian"
    """Follows from guardianship; nobody is granted it."""
    PUPIL = "pupil"
    """Follows from the pupil's own log-in; nobody is granted it."""


class Scope(StrEnum):
    SCHOOL = "school"
    GRADE = "grade"
    CLASS = "class"
    """One class by name; without a name, the classes whose homeroom teacher the user is, from day to day."""
    SUBJECT = "subject"
    """The classes to which the user is assigned as a teacher in this school year."""
    OWN_CHILD = "own_child"
    SELF = "self"


class Right(StrEnum):
    SEE_WHOLE = "see_whole"
    """The school's morning: every class, every unit, every doubt, and what was kept aside."""
    SEE_PUPILS = "see_pupils"
    """Who is in which class."""
    SEE_CODES = "see_codes"
    """The code by which cards, the library and the sector's files know a pupil: mostly the ministry's number."""
    SEE_PARTICULARS = "see_particulars"
    """When a pupil was born; how guardians log in and read mail, where guardians are seen at all."""
    SEE_ATTENDANCE = "see_attendance"
    KEEP_ATTENDANCE = "keep_attendance"
    """Call the roll, correct a status."""
    ASK_LEAVE = "ask_leave"
    DECIDE_LEAVE = "decide_leave"
    NOTE_LEAVE = "note_leave"
    """Write down leave that a family told the school, and take such a note back."""
    SEE_HEALTH = "see_health"
    """Temperatures, and what the health desk wrote."""
    KEEP_HEALTH = "keep_health"
    """Write what the health desk did; see whom to call."""
    RELEASE_PUPILS = "release_pupils"
    """See who may collect a pupil, and hand the pupil over."""
    SEE_MEALS = "see_meals"
    KEEP_MEALS = "keep_meals"
    ANSWER_CONSENT = "answer_consent"
    TAKE_CONSENT = "take_consent"
    """Write down what a guardian said before them, or on paper."""
    ENROL = "enrol"
    """Take a pupil's face for recognition, once there is consent."""
    ISSUE_CARDS = "issue_cards"
    SEE_TIMESHEETS = "see_timesheets"
    """Everybody's; one's own needs no right."""
    KEEP_TIMESHEETS = "keep_timesheets"
    WRITE_MESSAGES = "write_messages"
    """To the guardians within the scope."""
    MODERATE_GROUPS = "moderate_groups"
    """Switch a class's group on, let in and hide what families write there."""
    APPROVE_POSTS = "approve_posts"
    MANAGE_PEOPLE = "manage_people"
    MANAGE_CALENDAR = "manage_calendar"
    """School years, bells, days off, timetables."""
    MANAGE_UNITS = "manage_units"
    """Let machines become units, set them up, lock them out."""
    INVITE_FAMILIES = "invite_families"
    """Print the letters by which guardians of pupils within the scope come to their log-in. Never staff."""
    MANAGE_ACCOUNTS = "manage_accounts"
    """Invite users, grant and take roles, end sessions."""
    SEE_AUDIT = "see_audit"
    ASSESS_SCHOOL = "assess_school"
    """Say for the digital index what the school has."""


_KNOWING = frozenset({Right.SEE_PUPILS, Right.SEE_CODES, Right.SEE_PARTICULARS})
"""Who works with pupils themselves; at the gate and in the library a name and a class are enough."""
_RUNNING = _KNOWING | frozenset(
    {
        Right.SEE_WHOLE, Right.SEE_ATTENDANCE, Right.KEEP_ATTENDANCE, Right.DECIDE_LEAVE, Right.NOTE_LEAVE,
        Right.SEE_HEALTH, Right.SEE_MEALS, Right.SEE_TIMESHEETS, Right.KEEP_TIMESHEETS, Right.WRITE_MESSAGES,
        Right.MODERATE_GROUPS, Right.APPROVE_POSTS, Right.TAKE_CONSENT, Right.SEE_AUDIT, Right.INVITE_FAMILIES,
        Right.ASSESS_SCHOOL,
    }
)  # fmt: skip
_TEACHING = _KNOWING | frozenset({Right.SEE_ATTENDANCE, Right.KEEP_ATTENDANCE, Right.WRITE_MESSAGES})

RIGHTS: dict[Role, frozenset[Right]] = {
    Role.ADMINISTRATOR: _RUNNING
    | {
        Right.KEEP_MEALS, Right.RELEASE_PUPILS, Right.ENROL, Right.ISSUE_CARDS, Right.MANAGE_PEOPLE,
        Right.MANAGE_CALENDAR, Right.MANAGE_UNITS, Right.MANAGE_ACCOUNTS,
    },
    Role.PRINCIPAL: _RUNNING | {Right.MANAGE_CALENDAR},
    Role.VICE_PRINCIPAL: _RUNNING,
    Role.HOMEROOM_TEACHER: _TEACHING
    | {
        Right.DECIDE_LEAVE, Right.NOTE_LEAVE, Right.SEE_HEALTH, Right.SEE_MEALS, Right.TAKE_CONSENT,
        Right.RELEASE_PUPILS, Right.MODERATE_GROUPS, Right.INVITE_FAMILIES,
    },
    Role.SUBJECT_TEACHER: _TEACHING,
    Role.ACCOUNTANT: _KNOWING | frozenset({Right.SEE_MEALS, Right.KEEP_MEALS, Right.SEE_TIMESHEETS}),
    Role.CLERK: _KNOWING | frozenset(
        {
            Right.SEE_ATTENDANCE, Right.NOTE_LEAVE, Right.TAKE_CONSENT, Right.ENROL, Right.ISSUE_CARDS,
            Right.RELEASE_PUPILS, Right.SEE_MEALS, Right.MANAGE_PEOPLE, Right.INVITE_FAMILIES,
        }
    ),
    Role.HEALTH_STAFF: _KNOWING | frozenset({Right.SEE_ATTENDANCE, Right.SEE_HEALTH, Right.KEEP_HEALTH}),
    Role.LIBRARIAN: frozenset({Right.SEE_PUPILS, Right.SEE_CODES}),
    Role.GUARD: frozenset({Right.SEE_PUPILS, Right.RELEASE_PUPILS}),
    Role.GUARDIAN: _KNOWING | frozenset(
        {
            Right.SEE_ATTENDANCE, Right.ASK_LEAVE, Right.ANSWER_CONSENT, Right.SEE_HEALTH, Right.SEE_MEALS,
        }
    ),
    Role.PUPIL: _KNOWING | frozenset({Right.SEE_ATTENDANCE, Right.SEE_MEALS}),
}  # fmt: skip
"""What a role may do within the scope of its grant. What is not in this table is not allowed."""

SCOPES: dict[Role, tuple[Scope, ...]] = {
    Role.ADMINISTRATOR: (Scope.SCHOOL,),
    Role.PRINCIPAL: (Scope.SCHOOL,),
    Role.VICE_PRINCIPAL: (Scope.SCHOOL, Scope.GRADE),
    Role.HOMEROOM_TEACHER: (Scope.CLASS,),
    Role.SUBJECT_TEACHER: (Scope.SUBJECT,),
    Role.ACCOUNTANT: (Scope.SCHOOL,),
    Role.CLERK: (Scope.SCHOOL,),
    Role.HEALTH_STAFF: (Scope.SCHOOL,),
    Role.LIBRARIAN: (Scope.SCHOOL,),
    Role.GUARD: (Scope.SCHOOL,),
    Role.GUARDIAN: (Scope.OWN_CHILD,),
    Role.PUPIL: (Scope.SELF,),
}
"""Over what a role may be held, the usual scope first."""

GRANTED = tuple(role for role in Role if role not in (Role.GUARDIAN, Role.PUPIL))
"""The roles of staff: somebody gives them, and may take them back."""


@dataclass(frozen=True, slots=True)
class Grant:
    role: Role
    school_id: UUID
    scope_kind: Scope = Scope.SCHOOL
    scope_id: UUID | None = None
    """The class, where the scope is one class by name."""
    grade: int | None = None
    """Where the scope is a grade."""

    @property
    def holds(self) -> bool:
        """A scope that the role cannot have gives nothing, whoever wrote it into the database."""
        return self.scope_kind in SCOPES[self.role] and self.role in GRANTED


@dataclass(frozen=True, slots=True)
class Actor:
    """A signed-in user with every grant they hold. A guardian's children follow from guardianship, not from grants."""

    user_id: UUID
    display_name: str
    locale: str
    today: date
    """At the school: who is whose homeroom teacher changes from one day to the next."""
    grants: tuple[Grant, ...] = ()
    school_id: UUID | None = None
    """Given while the actor looks at one school only, as its staff."""

    @property
    def is_staff(self) -> bool:
        return any(grant.holds for grant in self.grants)

    @property
    def schools(self) -> tuple[UUID, ...]:
        """Where the actor is staff, whatever they may do there."""
        return tuple(dict.fromkeys(grant.school_id for grant in self.grants if grant.holds))

    @property
    def schools_seen_whole(self) -> tuple[UUID, ...]:
        """The schools in which the actor sees every pupil and every unit."""
        return self.schools_where(Right.SEE_WHOLE)

    def holds(self, right: Right, school_id: UUID) -> bool:
        """Anywhere in the school: perhaps in one class only."""
        return any(right in RIGHTS[grant.role] for grant in self.grants if grant.holds and grant.school_id == school_id)

    def schools_where(self, right: Right) -> tuple[UUID, ...]:
        """The schools in the whole of which the actor holds the right."""
        return tuple(dict.fromkeys(grant.school_id for grant in self._granting(right, Scope.SCHOOL)))

    def grades_where(self, right: Right) -> tuple[tuple[UUID, int], ...]:
        """School and grade."""
        grants = self._granting(right, Scope.GRADE)
        return tuple((grant.school_id, grant.grade) for grant in grants if grant.grade is not None)

    def classes_where(self, right: Right) -> tuple[tuple[UUID, UUID], ...]:
        """School and class, of the classes that were named in a grant."""
        grants = self._granting(right, Scope.CLASS)
        return tuple((grant.school_id, grant.scope_id) for grant in grants if grant.scope_id is not None)

    def homerooms_where(self, right: Right) -> tuple[UUID, ...]:
        """The schools where the right holds in the classes whose homeroom teacher the actor is."""
        return tuple(grant.school_id for grant in self._granting(right, Scope.CLASS) if grant.scope_id is None)

    def lessons_where(self, right: Right) -> tuple[UUID, ...]:
        """The schools where the right holds in the classes that the actor teaches."""
        return tuple(grant.school_id for grant in self._granting(right, Scope.SUBJECT))

    def within(self, school_id: UUID) -> "Actor":
        """The same actor as staff of one school: no right of theirs elsewhere counts, nor one that they hold as a
        guardian or as a pupil."""
        own = tuple(grant for grant in self.grants if grant.school_id == school_id)
        return replace(self, grants=own, school_id=school_id)

    def _granting(self, right: Right, scope: Scope) -> list[Grant]:
        return [
            grant for grant in self.grants if grant.scope_kind is scope and grant.holds and right in RIGHTS[grant.role]
        ]
