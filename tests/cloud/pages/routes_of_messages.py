"""The rows of routes.py for what people write to each other."""

from cloud.accounts.access import Right
from tests.cloud.pages.row import Asks, Names, Row, posts

NO_THING, SCHOOL, WORKPLACE, CLASS, PUPIL, _ = Names
LOG_IN, OWN_CHILD, TAKES_PART = Asks.LOG_IN, Asks.OWN_CHILD, Asks.TAKES_PART

ROWS = [
    Row("/messages", LOG_IN),
    Row("/messages/{notice_id}", OWN_CHILD, PUPIL),
    posts("/messages/{notice_id}/acknowledged", OWN_CHILD, PUPIL, 303),
    Row("/schools/{slug}/notices", Right.WRITE_MESSAGES, WORKPLACE),
    posts("/schools/{slug}/notices", Right.WRITE_MESSAGES, WORKPLACE, 422),
    Row("/notices/{notice_id}", Right.WRITE_MESSAGES, SCHOOL),
    posts("/notices/{notice_id}/correction", Right.WRITE_MESSAGES, SCHOOL, 422),
    posts("/notices/{notice_id}/reminder", Right.WRITE_MESSAGES, SCHOOL, 409),
    # What was told.
    Row("/children/{student_id}/told", OWN_CHILD, PUPIL),
    Row("/students/{student_id}/told", Right.WRITE_MESSAGES, PUPIL),
    Row("/schools/{slug}/ways", Right.SEE_WHOLE, SCHOOL),
    # Threads: teacher and family alone.
    Row("/children/{student_id}/talks", OWN_CHILD, PUPIL),
    posts("/children/{student_id}/talks", OWN_CHILD, PUPIL, 422, form={"teacher": "{teacher_id}"}),
    Row("/talks/{thread_id}", TAKES_PART, PUPIL),
    posts("/talks/{thread_id}", TAKES_PART, PUPIL, 422),
    posts("/talks/{thread_id}/messages/{message_id}/taken-back", TAKES_PART, PUPIL, 409),
    Row("/talks/{thread_id}/messages/{message_id}/file", TAKES_PART, PUPIL, 404),
    Row("/schools/{slug}/talks", Right.WRITE_MESSAGES, WORKPLACE),
    posts("/schools/{slug}/talks", Right.WRITE_MESSAGES, WORKPLACE, 404, form={"student": "{other_id}"}),
    posts("/schools/{slug}/talks/absence", Right.WRITE_MESSAGES, WORKPLACE, 303),
    posts("/schools/{slug}/talks/rules", Right.WRITE_MESSAGES, SCHOOL, 303),
    # Class groups.
    Row("/children/{student_id}/group", OWN_CHILD, PUPIL),
    posts("/children/{student_id}/group", OWN_CHILD, PUPIL, 422),
    posts("/children/{student_id}/group/{group_message_id}/report", OWN_CHILD, PUPIL, 422),
    posts("/children/{student_id}/group/{group_message_id}/taken-back", OWN_CHILD, PUPIL, 409),
    Row("/schools/{slug}/groups", Right.WRITE_MESSAGES, WORKPLACE),
    Row("/classes/{class_id}/group", Right.WRITE_MESSAGES, CLASS),
    posts("/classes/{class_id}/group", Right.WRITE_MESSAGES, CLASS, 422),
    posts("/classes/{class_id}/group/mode", Right.MODERATE_GROUPS, CLASS, 303, form={"mode": "open"}),
    posts(
        "/classes/{class_id}/group/{group_message_id}/decision",
        Right.MODERATE_GROUPS,
        CLASS,
        303,
        form={"state": "shown"},
    ),
    posts("/classes/{class_id}/group/{group_message_id}/mute", Right.MODERATE_GROUPS, CLASS, 422, form={"days": "2"}),
    posts("/classes/{class_id}/group/mutes/{user_id}/ended", Right.MODERATE_GROUPS, CLASS, 303),
    # News. Whose it is to read is tested in test_posts.py: an audience is no one pupil's.
    Row("/news", LOG_IN),
    Row("/news/{post_id}", LOG_IN, answers=404),
    Row("/news/{post_id}/pictures/{number}", LOG_IN, answers=404),
    Row("/schools/{slug}/posts", Right.WRITE_MESSAGES, WORKPLACE),
    posts("/schools/{slug}/posts", Right.WRITE_MESSAGES, WORKPLACE, 404),
    # By somebody else, for the whole school.
    Row("/posts/{post_id}", Right.APPROVE_POSTS, SCHOOL),
    posts("/posts/{post_id}/decision", Right.APPROVE_POSTS, SCHOOL, 409, form={"state": "withdrawn"}),
    posts("/posts/{post_id}/withdrawal", Right.APPROVE_POSTS, SCHOOL, 409),
    posts("/posts/{post_id}/correction", Right.APPROVE_POSTS, SCHOOL, 409),
    Row("/posts/{post_id}/pictures/{number}", Right.APPROVE_POSTS, SCHOOL, 404),
]
