"""The API's calls about accounts and their stores."""

from ninja import Router

from jobs.operations import AlreadyEnded, UnknownJob
from stores.api import accounts, jobs, logos, members, stores
from stores.letterheads import UnknownLogo
from stores.logos import BadLogo
from stores.members.callers import UnknownAccount
from stores.members.invitations import TooManyInvitations, UnknownInvitation
from stores.members.members import AlreadyMember, LastOwner, UnknownMember
from stores.queries import UnknownStore
from stores.states import DefaultStore, WrongState

__all__ = ["RESPONSES", "router"]

router = Router()
for part in (accounts, members, stores, logos, jobs):
    router.add_router("", part.router)
RESPONSES: dict[type[Exception], int] = {
    UnknownAccount: 404,
    UnknownInvitation: 404,
    UnknownJob: 404,
    UnknownLogo: 404,
    UnknownMember: 404,
    UnknownStore: 404,
    AlreadyEnded: 409,
    AlreadyMember: 409,
    DefaultStore: 409,
    LastOwner: 409,
    TooManyInvitations: 409,
    WrongState: 409,
    BadLogo: 422,
}
