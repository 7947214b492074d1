"""Photos that come with a screen: taken in at once, so that they stay whatever else is wrong."""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID

from starlette.requests import Request

from gateway.answers.problems import Problem
from gateway.drafts.model import PHOTOS_MOST, Draft, Photo, Said
from gateway.gateway import current_gateway
from gateway.photos.images import too_large
from gateway.portal.kit import forms
from gateway.portal.kit.page import texts_of

NAME_MOST = 60
"""Characters of a file's name that a page repeats."""


@dataclass
class Chosen:
    """What became of the photos of a form."""

    taken: list[Photo] = field(default_factory=list)
    refused: list[Said] = field(default_factory=list)

    unwanted: list[Photo] = field(default_factory=list)
    """Those that the draft does not keep, whose files are to go."""

    def into(self, draft: Draft, without: str) -> None:
        """Adds them to a draft as far as there is room, after one (by its id) was taken out."""
        self.unwanted += [each for each in draft.photos if each.id == without]
        draft.photos = [each for each in draft.photos if each.id != without]
        for photo in self.taken:
            if len(draft.photos) < PHOTOS_MOST and photo.sha256 not in {each.sha256 for each in draft.photos}:
                draft.photos = [*draft.photos, photo]
            else:
                self.unwanted.append(photo)


async def take(request: Request, draft: UUID, has: int, network: str) -> Chosen:
    """Takes in as many photos of the form as the draft, which has some, has room for, and says why others are not."""
    gateway, chosen = current_gateway(request), Chosen()
    files, left_out = await forms.uploads(request), await forms.files_left_out(request)
    room = max(0, PHOTOS_MOST - has)
    for file in files[:room]:
        try:
            if file.too_large:
                raise too_large(gateway.settings.photo_bytes)
            name = file.filename[-NAME_MOST:]
            chosen.taken.append(await gateway.draft_photos.take(draft, file.data, name, request.state.address, network))
        except Problem as problem:
            chosen.refused.append(_said(problem, request, file.filename[-NAME_MOST:]))
    if more := max(0, len(files) - room) + left_out:
        chosen.refused.append(Said("problem.photo_many", {"n": PHOTOS_MOST, "more": more}))
    return chosen


def _said(problem: Problem, request: Request, name: str) -> Said:
    key = f"reason.{problem.reason}"
    return Said(key if texts_of(request).maybe(key, "") else "reason.PHOTO_INVALID", file=name)
