"""Families' photos for the school's machine: those that staff have looked at, and what became of them."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request
from starlette.responses import Response

from cloud.accounts.access import Right
from cloud.accounts.visitor import SignedIn
from cloud.biometrics.api import NewView
from cloud.biometrics.photos import keeping, queries
from cloud.biometrics.photos.rules import Reason, State
from cloud.biometrics.roster_api import rosters_of
from cloud.biometrics.templates import View
from cloud.kit.web.service import service
from cloud.people.access import student_for
from cloud.school.access import school_for

router = APIRouter(tags=["photos"])


class SeenPhoto(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: UUID
    student_id: UUID
    code: str
    sent_at: datetime


class Rejection(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    photo: UUID
    reason: Reason


class Settled(BaseModel):
    """All of one pupil's photos at once. `views` are made of `taken`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    taken: Annotated[list[UUID], Field(max_length=10)]
    rejected: Annotated[list[Rejection], Field(max_length=10)]
    views: Annotated[list[NewView], Field(max_length=5)]


@router.get("/api/v1/schools/{slug}/photos")
def show_seen(request: Request, visitor: SignedIn, slug: str) -> list[SeenPhoto]:
    """Without names; the photo itself is at /photos/ID/picture."""
    with service(request).database.reading() as session:
        school = school_for(session, visitor.actor, slug, Right.ENROL)
        found = queries.open_ones(session, visitor.actor, school.id)
    return [SeenPhoto.model_validate(one) for one in found if one.state == State.SEEN]


@router.post("/api/v1/students/{student_id}/photos/outcome", status_code=204)
def settle(request: Request, visitor: SignedIn, student_id: UUID, settled: Settled) -> Response:
    """409 when a photo is not there to be decided on any more, or consent is gone: then nothing has changed."""
    kit, ours = service(request), rosters_of(request)
    with kit.database.writing() as session:
        pupil = student_for(session, visitor.actor, student_id, Right.ENROL)
        keeping.settle(
            session,
            ours.keyring,
            pupil,
            settled.taken,
            {one.photo: one.reason for one in settled.rejected},
            [View(view.model, view.quality, view.vector) for view in settled.views],
            by=visitor.actor.user_id,
            now=kit.clock(),
        )
    return Response(status_code=204)
