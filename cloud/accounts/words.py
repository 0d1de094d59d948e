"""How people call roles, scopes and rights. Marked here, translated where they are shown."""

from cloud.accounts.access import Right, Role, Scope
from cloud.accounts.history import Change
from cloud.kit.i18n import marked

ROLE_WORDS: dict[Role, str] = {
    Role.ADMINISTRATOR: marked("Administrator"),
    Role.PRINCIPAL: marked("Principal"),
    Role.VICE_PRINCIPAL: marked("Vice-principal"),
    Role.HOMEROOM_TEACHER: marked("Homeroom teacher"),
    Role.SUBJECT_TEACHER: marked("Subject teacher"),
    Role.ACCOUNTANT: marked("Accountant"),
    Role.CLERK: marked("Clerk"),
    Role.HEALTH_STAFF: marked("Health staff"),
    Role.LIBRARIAN: marked("Librarian"),
    Role.GUARD: marked("Guard"),
    Role.GUARDIAN: marked("Parent or guardian"),
    Role.PUPIL: marked("Pupil"),
}

SCOPE_WORDS: dict[Scope, str] = {
    Scope.SCHOOL: marked("the whole school"),
    Scope.GRADE: marked("a grade"),
    Scope.CLASS: marked("their homeroom class"),
    Scope.SUBJECT: marked("the classes they teach"),
    Scope.OWN_CHILD: marked("their own children"),
    Scope.SELF: marked("themselves"),
}

RIGHT_WORDS: dict[Right, str] = {
    Right.SEE_WHOLE: marked("See the school's morning, every class and every unit"),
    Right.SEE_PUPILS: marked("See who is in which class"),
    Right.SEE_CODES: marked("See pupils' codes"),
    Right.SEE_PARTICULARS: marked("See birth dates, and guardians' e-mail addresses where guardians are shown"),
    Right.SEE_ATTENDANCE: marked("See attendance"),
    Right.KEEP_ATTENDANCE: marked("Call the roll and correct it"),
    Right.ASK_LEAVE: marked("Ask for leave"),
    Right.DECIDE_LEAVE: marked("Decide on leave"),
    Right.NOTE_LEAVE: marked("Write down leave that a family told the school, and take such a note back"),
    Right.SEE_HEALTH: marked("See temperatures and health notes"),
    Right.KEEP_HEALTH: marked("Write health notes, and see whom to call"),
    Right.RELEASE_PUPILS: marked("See who may collect a pupil, and hand the pupil over"),
    Right.SEE_MEALS: marked("See meals"),
    Right.KEEP_MEALS: marked("Lock the meal count"),
    Right.ANSWER_CONSENT: marked("Answer whether a face may be used"),
    Right.TAKE_CONSENT: marked("Write down a guardian's answer"),
    Right.ENROL: marked("Enrol faces"),
    Right.ISSUE_CARDS: marked("Print and block cards"),
    Right.SEE_TIMESHEETS: marked("See everybody's timesheets"),
    Right.KEEP_TIMESHEETS: marked("Decide on timesheet corrections"),
    Right.WRITE_MESSAGES: marked("Write to guardians"),
    Right.MODERATE_GROUPS: marked("Answer for a class's group"),
    Right.APPROVE_POSTS: marked("Approve what others wrote"),
    Right.MANAGE_PEOPLE: marked("Import and change pupils and staff"),
    Right.MANAGE_CALENDAR: marked("Change the calendar and the timetable"),
    Right.MANAGE_UNITS: marked("Set up units and lock them out"),
    Right.INVITE_FAMILIES: marked("Print letters that invite parents"),
    Right.MANAGE_ACCOUNTS: marked("Invite people and give them roles"),
    Right.SEE_AUDIT: marked("Read the log of changes"),
    Right.ASSESS_SCHOOL: marked("Say for the digital index what the school has"),
}

CHANGE_WORDS: dict[Change, str] = {
    Change.PASSWORD: marked("The password was changed"),
    Change.PASSWORD_CODE: marked("A letter for a new password was made"),
    Change.PASSWORD_BY_CODE: marked("A new password was chosen with the code of a letter"),
    Change.SECOND_STEP_ON: marked("The second step was switched on"),
    Change.SECOND_STEP_OFF: marked("The second step was switched off"),
    Change.SECOND_STEP_RESET: marked("The second step was reset"),
    Change.RECOVERY_CODES: marked("New recovery codes were made"),
    Change.RECOVERY_CODE_USED: marked("A recovery code was used"),
    Change.PASSKEY_ADDED: marked("A passkey was added"),
    Change.PASSKEY_REMOVED: marked("A passkey was removed"),
    Change.IDENTITY_LINKED: marked("A sign-in elsewhere was linked"),
    Change.IDENTITY_UNLINKED: marked("The link to a sign-in elsewhere was removed"),
}
