"""Candidates, their invitations, and who works for the organisation."""

from collections.abc import Iterator
from typing import Unpack

from minima_client.operations import Operation, Shape, detail, listing
from minima_client.resources import Resource
from minima_client.rows import (
    Accommodation,
    CandidateDetail,
    Invitation,
    KnownCandidate,
    Member,
)
from minima_client.said import (
    CandidateFilters,
    ChangedInvitation,
    Extension,
    Id,
    InvitationFilters,
    MemberFilters,
    NewAccommodation,
    NewInvitation,
)


class Invitations(Resource):
    LIST = listing("invitations/", Invitation, InvitationFilters)
    GET = detail("invitations/{id}/", Invitation)
    CREATE = Operation("POST", "invitations/", Invitation, takes=NewInvitation)
    CHANGE = Operation(
        "PATCH", "invitations/{id}/", Invitation, takes=ChangedInvitation, matched=True
    )
    SEND = Operation("POST", "invitations/{id}/send/", Invitation)
    EXTEND = Operation("POST", "invitations/{id}/extend/", Invitation, takes=Extension)
    REVOKE = Operation("POST", "invitations/{id}/revoke/", Invitation)
    EASED = detail("invitations/{id}/accommodation/", Accommodation)
    EASE = Operation(
        "PUT", "invitations/{id}/accommodation/", Accommodation, takes=NewAccommodation,
        matched=True,
    )  # fmt: skip

    def list(self, **filters: Unpack[InvitationFilters]) -> Iterator[Invitation]:
        """The invitations of the organisation, the newest first."""
        return self._pages(self.LIST, filters)

    def get(self, pk: Id) -> Invitation:
        """One invitation, with the tag that a change of it needs."""
        return self._one(self.GET, id=pk)

    def create(self, *, key: str | None = None, **said: Unpack[NewInvitation]) -> Invitation:
        """Invite a candidate; with `send=True` the link is e-mailed.

        The same `key` within 24 hours invites once, in another process as well.
        """
        return self._one(self.CREATE, said, key=key)

    def change(self, invitation: Invitation, **said: Unpack[ChangedInvitation]) -> Invitation:
        """Change an invitation as it was read by `get`; raises Stale where somebody was quicker.

        One that comes from a list is read first, and is changed as it is then.
        """
        etag = invitation.etag or self.get(invitation.id).etag
        return self._one(self.CHANGE, said, etag=etag, id=invitation.id)

    def send(self, pk: Id, *, key: str | None = None) -> Invitation:
        """E-mail the link, for the first time or again."""
        return self._one(self.SEND, key=key, id=pk)

    def extend(self, pk: Id, *, key: str | None = None, **until: Unpack[Extension]) -> Invitation:
        """Let the candidate start until a later moment."""
        return self._one(self.EXTEND, until, key=key, id=pk)

    def revoke(self, pk: Id, *, key: str | None = None) -> Invitation:
        """Withdraw an invitation that nobody followed."""
        return self._one(self.REVOKE, key=key, id=pk)

    def accommodation(self, pk: Id) -> Accommodation:
        """What is made easier for this candidate."""
        return self._one(self.EASED, id=pk)

    def accommodate(
        self,
        pk: Id,
        read: Accommodation | None = None,
        **granted: Unpack[NewAccommodation],
    ) -> Accommodation:
        """Grant what is named, and nothing else any more.

        With what was `read` it raises Stale where somebody was quicker.
        """
        etag = (read or self.accommodation(pk)).etag
        return self._one(self.EASE, granted, etag=etag, id=pk)


class Candidates(Resource):
    LIST = listing("candidates/", KnownCandidate, CandidateFilters)
    GET = detail("candidates/{id}/", CandidateDetail)
    ERASE = Operation("DELETE", "candidates/{id}/", type(None), Shape.NOTHING)

    def list(self, **filters: Unpack[CandidateFilters]) -> Iterator[KnownCandidate]:
        """Who was invited, the newest first."""
        return self._pages(self.LIST, filters)

    def get(self, pk: Id) -> CandidateDetail:
        """One candidate with their invitations."""
        return self._one(self.GET, id=pk)

    def erase(self, pk: Id) -> None:
        """Erase a person for good. Scores stay for statistics, and lead back to nobody."""
        self._one(self.ERASE, id=pk)


class Members(Resource):
    LIST = listing("members/", Member, MemberFilters)
    GET = detail("members/{id}/", Member)

    def list(self, **filters: Unpack[MemberFilters]) -> Iterator[Member]:
        """Who works for the organisation."""
        return self._pages(self.LIST, filters)

    def get(self, pk: int) -> Member:
        return self._one(self.GET, id=pk)
