"""One turn of a worker of the intake: claim a delivery, apply it, record what became of it.

The changes and the state of the delivery are one transaction. A kill at any moment leaves the delivery claimed, and it is
applied again after the claim.
"""

from __future__ import annotations

import logging

from django.db import InterfaceError, InternalError, OperationalError, transaction

from integrations.webhooks import claims, live, platforms, tallies
from integrations.webhooks.platforms import Apply
from integrations.webhooks.sealing import open_received
from integrations.webhooks.states import State
from integrations.webhooks.types import AskShop, NotNow, Received

logger = logging.getLogger(__name__)
# The database is away or was: the loop reports it, and the claim ends by itself.
OUTAGES = (OperationalError, InterfaceError, InternalError)


def work_next(*, may_ask: bool) -> bool:
    """Apply the next delivery that is due; returns whether there was one. Only `may_ask` sends requests to shops."""
    claimed = claims.claim_next(needs_shop=may_ask)
    if claimed is None:
        live.send_owed()
        return False
    if claimed.attempts > claims.MOST_ATTEMPTS:
        claims.bury(claimed, "The process that applied it ended each time before it was done.")
        return True
    try:
        _commit(claimed, platforms.prepare(open_received(claimed), may_ask=may_ask))
        live.report_applied(claimed.platform, claimed.store_id)
    except AskShop:
        claims.ask_shop(claimed)
    except NotNow as error:
        _postpone(claimed, error)
    except OUTAGES:
        raise
    except Exception as error:
        logger.exception("Delivery %s could not be applied", claimed.id)
        claims.postpone(claimed, f"{type(error).__name__}: {error}")
    return True


@transaction.atomic
def _commit(claimed: Received, apply: Apply) -> None:
    handled = apply()
    if not claims.finish(claimed, handled):
        return
    if handled.is_late:
        tallies.add(claimed.store_id, late=1)
    if handled.state in (State.DONE, State.SET_ASIDE):
        claims.settle(claimed.store_id, claimed.subject, but=claimed.id)


def _postpone(claimed: Received, error: NotNow) -> None:
    claims.postpone(claimed, str(error))
    if error.store_waits:
        claims.postpone_others(claimed, str(error))
