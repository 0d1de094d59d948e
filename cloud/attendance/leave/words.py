"""How people call the states of a request. Marked here, translated where they are shown."""

from cloud.attendance.leave.facts import ClaimState
from cloud.kit.i18n import marked

STATES: dict[ClaimState, str] = {
    ClaimState.REQUESTED: marked("waits for the teacher"),
    ClaimState.APPROVED: marked("approved: absent with permission (P)"),
    ClaimState.REJECTED: marked("not approved"),
    ClaimState.WITHDRAWN: marked("withdrawn"),
}
