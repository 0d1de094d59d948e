"""Rows of routes.py for setting a school up. Nothing is filled in where it would disturb other rows."""

from cloud.accounts.access import Right
from tests.cloud.pages.row import Asks, Names, Row, posts

SCHOOL = Names.SCHOOL

ROWS = [
    Row("/schools/{slug}/setup", Right.MANAGE_CALENDAR, SCHOOL),
    Row("/schools/{slug}/calendar", Right.MANAGE_CALENDAR, SCHOOL),
    posts("/schools/{slug}/calendar/rules", Right.MANAGE_CALENDAR, SCHOOL, 422),
    posts("/schools/{slug}/calendar/rules/removed", Right.MANAGE_CALENDAR, SCHOOL, 404),
    Row("/schools/{slug}/years", Right.MANAGE_CALENDAR, SCHOOL),
    posts("/schools/{slug}/years", Right.MANAGE_CALENDAR, SCHOOL, 422),
    posts("/schools/{slug}/years/{year_id}", Right.MANAGE_CALENDAR, SCHOOL, 404),
    Row("/schools/{slug}/bells", Right.MANAGE_CALENDAR, SCHOOL),
    posts("/schools/{slug}/bells", Right.MANAGE_CALENDAR, SCHOOL, 422),
    posts("/schools/{slug}/bells/{schedule_id}/removed", Right.MANAGE_CALENDAR, SCHOOL, 404),
    Row("/schools/{slug}/classes", Right.MANAGE_CALENDAR, SCHOOL),
    posts("/schools/{slug}/classes", Right.MANAGE_CALENDAR, SCHOOL, 422),
    Row("/schools/{slug}/classes/{class_id}", Right.MANAGE_CALENDAR, SCHOOL),
    posts("/schools/{slug}/classes/{class_id}", Right.MANAGE_CALENDAR, SCHOOL, 422),
    posts("/schools/{slug}/classes/{class_id}/homeroom", Right.MANAGE_CALENDAR, SCHOOL, 422),
    Row("/schools/{slug}/teaching", Right.MANAGE_CALENDAR, SCHOOL),
    posts("/schools/{slug}/teaching", Right.MANAGE_CALENDAR, SCHOOL, 404),
    posts("/schools/{slug}/teaching/copied", Right.MANAGE_CALENDAR, SCHOOL, 404),
    posts("/schools/{slug}/subjects", Right.MANAGE_CALENDAR, SCHOOL, 422),
    posts("/schools/{slug}/subjects/{subject_id}/removed", Right.MANAGE_CALENDAR, SCHOOL, 404),
    Row("/schools/{slug}/roll-over", Right.MANAGE_PEOPLE, SCHOOL),
    # No next year is there: nothing but looking.
    posts("/schools/{slug}/roll-over", Right.MANAGE_PEOPLE, SCHOOL, 200),
    posts("/schools/{slug}/roll-over/taken-back", Right.MANAGE_PEOPLE, SCHOOL, 409),
    Row("/schools/{slug}/timetable", Asks.WORK_HERE, Names.WORKPLACE),
    Row("/schools/{slug}/timetable.xlsx", Asks.WORK_HERE, Names.WORKPLACE),
    Row("/students/{student_id}/timetable", Right.SEE_PUPILS, Names.PUPIL),
    Row("/schools/{slug}/timetables", Right.MANAGE_CALENDAR, SCHOOL),
    posts("/schools/{slug}/timetables", Right.MANAGE_CALENDAR, SCHOOL, 422),
    Row("/schools/{slug}/timetables/{timetable_id}", Right.MANAGE_CALENDAR, SCHOOL),
    Row("/schools/{slug}/timetables/{timetable_id}/week.xlsx", Right.MANAGE_CALENDAR, SCHOOL),
    posts("/schools/{slug}/timetables/{timetable_id}/import", Right.MANAGE_CALENDAR, SCHOOL, 422),
    posts("/schools/{slug}/timetables/{timetable_id}/removed", Right.MANAGE_CALENDAR, SCHOOL, 422),
    posts("/schools/{slug}/timetables/{timetable_id}/classes/{class_id}", Right.MANAGE_CALENDAR, SCHOOL, 303),
]
