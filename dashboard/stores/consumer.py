"""The WebSocket `/ws/stores/`: the cards of all stores of the user, then those that change."""

from __future__ import annotations

import asyncio
import logging

from django.db import DatabaseError

from dashboard.sockets import (
    FELL_BEHIND,
    NO_ANSWER,
    RIGHTS_SECONDS,
    RIGHTS_WAIT_SECONDS,
    UNAVAILABLE,
    ScreenConsumer,
    read_rights,
)
from dashboard.stores.hub import Follower, stores_hub
from stores.members.sockets import accounts_of

logger = logging.getLogger(__name__)

HELLO_SECONDS = 4.0


class StoresConsumer(ScreenConsumer):
    """One open overview."""

    async def admit(self, query: dict[str, list[str]]) -> None:
        """Accept members of an account, and send the hello."""
        try:
            async with asyncio.timeout(RIGHTS_WAIT_SECONDS):
                accounts = await read_rights(accounts_of, self.headers)
        except (DatabaseError, TimeoutError) as error:
            logger.warning("The accounts of a visitor could not be read: %s", error or "no answer in time")
            await self.accept_and_close(NO_ANSWER)
            return
        if not accounts:
            await self.close()
            return
        await self.accept()
        await self._join(accounts)

    async def _join(self, accounts: frozenset[int]) -> None:
        self.follower = Follower(accounts, self.send_text)
        try:
            async with asyncio.timeout(HELLO_SECONDS):
                await stores_hub().join(self.follower)
        except (DatabaseError, TimeoutError) as error:
            logger.warning("No hello for an overview of stores: %s", error or "no answer in time")
            await self.close(UNAVAILABLE, NO_ANSWER)
            return
        self.guard = asyncio.create_task(self._guard_rights())

    def leave(self) -> None:
        if hasattr(self, "follower"):
            stores_hub().leave(self.follower)
        if hasattr(self, "guard") and self.guard is not asyncio.current_task():
            self.guard.cancel()

    async def _guard_rights(self) -> None:
        """Close when the user is a member of no account any more, or of other ones: the next hello has those."""
        accounts = self.follower.accounts
        while accounts == self.follower.accounts:
            await asyncio.sleep(RIGHTS_SECONDS)
            accounts = await self._read_accounts()
        if not accounts:
            await self.lose_rights()
            return
        self.leave()
        await self.close(FELL_BEHIND)

    async def _read_accounts(self) -> frozenset[int]:
        """The accounts of the user now. Where they cannot be read, the user keeps them: an outage revokes no rights."""
        try:
            return await read_rights(accounts_of, self.headers)
        except DatabaseError:
            return self.follower.accounts
        except Exception:
            # An error that ended the guard would let the user view permanently.
            logger.exception("The accounts of a visitor could not be read")
            return self.follower.accounts
