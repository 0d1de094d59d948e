"""The files of OneRoster 1.2's CSV binding that are written and read, each with its columns in the standard's order."""

VERSION = "1.2"
FILES: dict[str, tuple[str, ...]] = {
    "orgs": ("sourcedId", "status", "dateLastModified", "name", "type", "identifier", "parentSourcedId"),
    "academicSessions": (
        "sourcedId", "status", "dateLastModified", "title", "type", "startDate", "endDate", "parentSourcedId",
        "schoolYear",
    ),
    "courses": (
        "sourcedId", "status", "dateLastModified", "schoolYearSourcedId", "title", "courseCode", "grades",
        "orgSourcedId", "subjects", "subjectCodes",
    ),
    "classes": (
        "sourcedId", "status", "dateLastModified", "title", "grades", "courseSourcedId", "classCode", "classType",
        "location", "schoolSourcedId", "termSourcedIds", "subjects", "subjectCodes", "periods",
    ),
    "users": (
        "sourcedId", "status", "dateLastModified", "enabledUser", "username", "userIds", "givenName", "familyName",
        "middleName", "identifier", "email", "sms", "phone", "agentSourcedIds", "grades", "password",
        "userMasterIdentifier", "resourceSourcedIds", "preferredGivenName", "preferredMiddleName",
        "preferredFamilyName", "primaryOrgSourcedId", "pronouns",
    ),
    "roles": (
        "sourcedId", "status", "dateLastModified", "userSourcedId", "roleType", "role", "beginDate", "endDate",
        "orgSourcedId", "userProfileSourcedId",
    ),
    "enrollments": (
        "sourcedId", "status", "dateLastModified", "classSourcedId", "schoolSourcedId", "userSourcedId", "role",
        "primary", "beginDate", "endDate",
    ),
    "demographics": (
        "sourcedId", "status", "dateLastModified", "birthDate", "sex", "americanIndianOrAlaskaNative", "asian",
        "blackOrAfricanAmerican", "nativeHawaiianOrOtherPacificIslander", "white", "demographicRaceTwoOrMoreRaces",
        "hispanicOrLatinoEthnicity", "countryOfBirthCode", "stateOfBirthAbbreviation", "cityOfBirth",
        "publicSchoolResidenceStatus",
    ),
}  # fmt: skip
ABSENT = (
    "categories", "classResources", "courseResources", "lineItemLearningObjectiveIds", "lineItems",
    "lineItemScoreScales", "resources", "resultLearningObjectiveIds", "results", "resultScoreScales", "scoreScales",
    "userProfiles", "userResources",
)  # fmt: skip
"""Files of the standard that a roster does without; the manifest says so."""
NEEDED: dict[str, tuple[str, ...]] = {
    "users": ("sourcedId", "givenName", "familyName"),
    "roles": ("userSourcedId", "role", "orgSourcedId"),
    "classes": ("sourcedId", "title", "classType"),
    "enrollments": ("classSourcedId", "userSourcedId", "role"),
    "orgs": ("sourcedId", "type"),
}
"""What has to be there to take people in: these files with these columns."""

STAFF_ROLES = {
    "principal": "principal", "vice_principal": "siteAdministrator", "homeroom_teacher": "teacher",
    "subject_teacher": "teacher", "it": "systemAdministrator",
}  # fmt: skip
"""Position to the standard's role; every other one is an aide."""
POSITIONS = {
    "principal": "principal", "siteAdministrator": "vice_principal", "teacher": "subject_teacher",
    "systemAdministrator": "it", "aide": "", "counselor": "", "proctor": "", "districtAdministrator": "",
}  # fmt: skip
"""And back, for somebody new."""
GUARDIANS = frozenset({"guardian", "parent", "relative"})
SEXES = {"Nam": "male", "Nữ": "female"}
MINISTRY, PERSONAL = "ministry", "personal"
"""Kinds of ids in `userIds`: {ministry:7900000001},{personal:001320000001}."""


def grade_code(grade: int) -> str:
    """As the standard's common data (CEDS) write a grade: 01."""
    return f"{grade:02}"
