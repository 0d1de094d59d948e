"""Every feature's routes and the ways between its pages, put together by `main`. To add a feature: its modules."""

from cloud.accounts import own_pages
from cloud.accounts import pages as accounts_pages
from cloud.accounts.oidc import pages as oidc_pages
from cloud.accounts.passkeys import api as passkeys_api
from cloud.accounts.passkeys import pages as passkeys_pages
from cloud.accounts.second_step import login_pages as second_step_login_pages
from cloud.accounts.second_step import pages as second_step_pages
from cloud.attendance import api as attendance_api
from cloud.attendance import (
    check_pages,
    class_overview_pages,
    day_pages,
    desk_pages,
    leave_note_pages,
    leave_pages,
    month_pages,
    overview_pages,
    register_pages,
    timesheet_pages,
)
from cloud.attendance import pages as attendance_pages
from cloud.attendance.health import pages as health_pages
from cloud.attendance.meals import family_pages as meals_family_pages
from cloud.attendance.meals import kitchen_pages, menu_pages
from cloud.attendance.meals import pages as meals_pages
from cloud.attendance.meals import pupil_pages as meals_pupil_pages
from cloud.attendance.release import family_pages as release_family_pages
from cloud.attendance.release import pages as release_pages
from cloud.attendance.roll_report import pages as roll_report_pages
from cloud.biometrics import api as biometrics_api
from cloud.biometrics import enrolment_api, kiosk_api, roster_api, staff_pages
from cloud.biometrics import pages as biometrics_pages
from cloud.biometrics.photos import api as photos_api
from cloud.biometrics.photos import pages as photos_pages
from cloud.briefings import api as briefings_api
from cloud.briefings import unit_api
from cloud.cards import api as cards_api
from cloud.cards import pages as cards_pages
from cloud.cards import upkeep_pages as card_upkeep_pages
from cloud.devices import api as devices_api
from cloud.devices.identity import api as identity_api
from cloud.devices.releases import api as releases_api
from cloud.digital_index import pages as digital_index_pages
from cloud.kit.web import app_files
from cloud.notifications import api as notifications_api
from cloud.notifications import device_pages, inbox_pages, receipts
from cloud.notifications import pages as notifications_pages
from cloud.notifications.groups import pages as groups_of_family
from cloud.notifications.groups import staff_pages as groups_of_staff
from cloud.notifications.notices import pages as notices_pages
from cloud.notifications.posts import pages as news_pages
from cloud.notifications.posts import staff_pages as posts_pages
from cloud.notifications.threads import family_pages as talks_of_family
from cloud.notifications.threads import pages as talk_pages
from cloud.notifications.threads import staff_pages as talks_of_staff
from cloud.notifications.told import pages as told_pages
from cloud.people import invitation_pages, join_pages
from cloud.people import pages as people_pages
from cloud.people.exchange import export_pages
from cloud.people.exchange import pages as exchange_pages
from cloud.people.guardians import pages as guardians_pages
from cloud.people.pupils import changes as pupil_changes
from cloud.people.pupils import pages as pupils_pages
from cloud.people.staff import pages as staff_list_pages
from cloud.reports import pages as reports_pages
from cloud.setup import (
    bell_pages,
    calendar_pages,
    class_pages,
    hub_pages,
    rollover_pages,
    teaching_pages,
    timetable_edit_pages,
    timetable_file_pages,
    timetable_pages,
    year_pages,
)
from cloud.units import changes as unit_changes
from cloud.units import pages as units_pages

FEATURES = (
    app_files,
    accounts_pages,
    second_step_login_pages,
    own_pages,
    second_step_pages,
    passkeys_api,
    passkeys_pages,
    oidc_pages,
    attendance_pages,
    desk_pages,
    register_pages,
    leave_pages,
    leave_note_pages,
    month_pages,
    overview_pages,
    check_pages,
    roll_report_pages,
    class_overview_pages,
    day_pages,
    timesheet_pages,
    meals_pages,
    meals_pupil_pages,
    menu_pages,
    meals_family_pages,
    kitchen_pages,
    release_pages,
    release_family_pages,
    health_pages,
    pupils_pages,
    pupil_changes,
    guardians_pages,
    exchange_pages,
    export_pages,
    staff_list_pages,
    people_pages,
    invitation_pages,
    join_pages,
    identity_api,
    attendance_api,
    devices_api,
    releases_api,
    notifications_api,
    receipts,
    notifications_pages,
    inbox_pages,
    device_pages,
    notices_pages,
    talks_of_family,
    talk_pages,
    talks_of_staff,
    groups_of_family,
    groups_of_staff,
    news_pages,
    posts_pages,
    told_pages,
    biometrics_pages,
    staff_pages,
    biometrics_api,
    roster_api,
    enrolment_api,
    cards_api,
    cards_pages,
    card_upkeep_pages,
    reports_pages,
    digital_index_pages,
    briefings_api,
    unit_api,
    photos_pages,
    photos_api,
    kiosk_api,
    units_pages,
    unit_changes,
    hub_pages,
    calendar_pages,
    year_pages,
    bell_pages,
    class_pages,
    teaching_pages,
    rollover_pages,
    timetable_pages,
    timetable_edit_pages,
    timetable_file_pages,
)
PLACES = (
    *attendance_pages.PLACES,
    *overview_pages.PLACES,
    *check_pages.PLACES,
    *leave_pages.PLACES,
    *meals_pages.PLACES,
    *release_pages.PLACES,
    *timesheet_pages.PLACES,
    *notices_pages.PLACES,
    *talks_of_staff.PLACES,
    *groups_of_staff.PLACES,
    *pupils_pages.PLACES,
    *posts_pages.PLACES,
    *told_pages.PLACES,
    *staff_pages.PLACES,
    *staff_list_pages.PLACES,
    *exchange_pages.PLACES,
    *invitation_pages.PLACES,
    *people_pages.PLACES,
    *photos_pages.PLACES,
    *cards_pages.PLACES,
    *reports_pages.PLACES,
    *digital_index_pages.PLACES,
    *units_pages.PLACES,
    *timetable_pages.PLACES,
    *calendar_pages.PLACES,
    *hub_pages.PLACES,
    *rollover_pages.PLACES,
)
"""The ways from one staff page to the others, in this order within each group."""
FAMILY_PLACES = (
    *attendance_pages.FAMILY,
    *month_pages.FAMILY,
    *timetable_pages.FAMILY,
    *leave_pages.FAMILY,
    *inbox_pages.FAMILY,
    *talks_of_family.FAMILY,
    *groups_of_family.FAMILY,
    *meals_family_pages.FAMILY,
    *release_family_pages.FAMILY,
    *health_pages.FAMILY,
    *news_pages.FAMILY,
    *biometrics_pages.FAMILY,
    *photos_pages.FAMILY,
    *notifications_pages.FAMILY,
    *device_pages.FAMILY,
    *people_pages.FAMILY,
)
"""The same for a parent."""
