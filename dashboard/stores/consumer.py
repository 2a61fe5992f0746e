"""The WebSocket `/ws/stores/`: the cards of all stores of the user, then those that change."""

from __future__ import annotations

import asyncio
import logging

from django.db import DatabaseError

from dashboard.sockets import (
    FELL_BEHIND,
    NO_ANSWER,
    UNAVAILABLE,
    ScreenConsumer,
    read_rights,
    read_rights_again,
    wait_for_change,
)
from dashboard.stores.hub import Follower, stores_hub
from stores.members.sockets import accounts_of, rights_topics

logger = logging.getLogger(__name__)

HELLO_SECONDS = 4.0


class StoresConsumer(ScreenConsumer):
    """One open overview."""

    async def admit(self, query: dict[str, list[str]]) -> None:
        """Accept members of an account, and send the hello."""
        accounts = await read_rights(accounts_of, self.headers)
        if accounts is None:
            await self.accept_and_close(NO_ANSWER)
            return
        if not accounts:
            await self.close()
            return
        await self.accept()
        await self._join(accounts)

    async def _join(self, accounts: frozenset[int]) -> None:
        self.follower = Follower(accounts, self.send_text)
        self.watch_rights(rights_topics(accounts))
        try:
            async with asyncio.timeout(HELLO_SECONDS):
                await stores_hub().join(self.follower)
        except (DatabaseError, TimeoutError) as error:
            logger.warning("No hello for an overview of stores: %s", error or "no answer in time")
            self.leave()
            await self.close(UNAVAILABLE, NO_ANSWER)
            return
        self.guard = asyncio.create_task(self._guard_rights())

    def leave(self) -> None:
        if hasattr(self, "follower"):
            stores_hub().leave(self.follower)
        super().leave()

    async def _guard_rights(self) -> None:
        """Close when the user is a member of no account any more, or of other ones: the next hello has those.

        At once after a change of members, else at the next check.
        """
        accounts = self.follower.accounts
        while accounts == self.follower.accounts:
            await wait_for_change(self.are_rights_changed)
            accounts = await read_rights_again(accounts, accounts_of, self.headers)
        if not accounts:
            await self.lose_rights()
            return
        self.leave()
        await self.close(FELL_BEHIND)
