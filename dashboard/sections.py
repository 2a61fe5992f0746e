"""The composition of the product: one entry for each app that has pages or API calls.

To add an app, add a line here. The menu, the pages, the API, the activity list and the metrics follow this list.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Work = Literal["Sales", "Stores", "Data", "Operations", "People"]


@dataclass(frozen=True)
class MenuEntry:
    """A link of the menu: its title, the name of its URL, and the path of its icon in a box of 24 by 24.

    Users with the right to view see it; `for_members`: all users do; `for_operators`: those with the right to control.
    `follows_feed`: the link keeps the feed of the present page. The menu is sorted by `rank`; entries of one rank keep
    the order of the sections.
    """

    title: str
    url_name: str
    icon: str
    for_members: bool = False
    for_operators: bool = False
    follows_feed: bool = True
    rank: int = 5


@dataclass(frozen=True, kw_only=True)
class Section:
    """What one app adds to the product, by dotted names, so that each part is imported where it is used.

    `urls` and `api` are modules; an API module has a `router` and, for exceptions of its own, `RESPONSES`. `activity` is
    an `ActivityReader`, `metrics` a function that returns Prometheus metrics. `work` is the group of its models in the
    admin. `loops` are `LoopSpec`s, which the process `loops` runs. `store_status` is a function that reads a part of the
    status of a store from its `StoreFacts`; a frame of the app may replace what it has read.
    """

    app: str
    menu: tuple[MenuEntry, ...] = ()
    urls: str | None = None
    api: str | None = None
    activity: str | None = None
    metrics: str | None = None
    work: Work | None = None
    store_status: str | None = None
    loops: tuple[str, ...] = ()


_PAGES = (
    MenuEntry("Dashboard", "dashboard", "M4 13h6V4H4zM14 20h6v-9h-6zM4 20h6v-3H4zM14 7h6V4h-6z", rank=1),
    MenuEntry("Wall", "wall", "M3 5h18v11H3zM9 20h6M12 16v4", rank=1),
    MenuEntry("System", "system", "M3 12h4l3-8 4 16 3-8h4", rank=8),
)
# The first entry for a member of an account with shops.
STORES = MenuEntry(
    "Stores", "stores", "M4 10v10h16V10M3 10l2-6h14l2 6c0 3-4 3-4.5 0-.5 3-4 3-4.5 0-.5 3-4 3-4.5 0C7 13 3 13 3 10zM10 20v-6h4v6",
    for_members=True, follows_feed=False, rank=3,
)  # fmt: skip
ACCOUNT = MenuEntry(
    "Account",
    "account",
    "M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM4 20c0-4 4-6 8-6s8 2 8 6",
    for_members=True,
    follows_feed=False,
    rank=9,
)
# The API matches addresses in this order: exports use endings that the address of one invoice would also match.
SECTIONS = (
    Section(app="dashboard", urls="dashboard.page_urls", menu=_PAGES),
    Section(
        app="streaming",
        work="Operations",
        activity="streaming.activity.ACTIVITY",
        metrics="streaming.metrics.read_metrics",
    ),
    Section(
        app="exports",
        api="exports.api",
        urls="exports.urls",
        menu=(MenuEntry("Exports", "exports", "M12 3v12M7 10l5 5 5-5M4 20h16"),),
    ),
    Section(app="replays", work="Operations", api="replays.api", activity="replays.activity.ACTIVITY"),
    Section(
        app="imports",
        work="Data",
        urls="imports.urls",
        api="imports.api",
        menu=(
            MenuEntry(
                "Imports",
                "imports",
                "M12 3v11M8 10l4 4 4-4M4 15v5h16v-5",
                for_operators=True,
                follows_feed=False,
                rank=4,
            ),
        ),
    ),
    Section(app="quality", work="Data", api="quality.api"),
    Section(app="jobs", work="Operations"),
    Section(
        app="events",
        work="Operations",
        metrics="events.metrics.read_metrics",
        loops=("events.loops.RETENTION_LOOP",),
    ),
    Section(
        app="notifications",
        work="Operations",
        urls="notifications.urls",
        api="notifications.api",
        metrics="notifications.metrics.read_metrics",
        loops=("notifications.loops.MAIL_LOOP", "notifications.loops.RETENTION_LOOP"),
    ),
    Section(app="accounts", urls="accounts.urls", work="People"),
    Section(
        app="invoices",
        api="invoices.api",
        activity="invoices.activity.ACTIVITY",
        metrics="invoices.metrics.read_metrics",
        work="Sales",
    ),
    Section(app="facts", work="Data"),
    Section(
        app="metrics",
        work="Data",
        urls="analytics.metrics.urls",
        menu=(MenuEntry("Revenue", "revenue", "M4 20V10M10 20V4M16 20v-7M22 20H2", rank=2),),
        api="analytics.metrics.api",
        metrics="analytics.facts.metrics.read_metrics",
        store_status="analytics.metrics.live.read_state",
        loops=("analytics.facts.loops.LIVE_LOOP", "analytics.facts.loops.MINUTE_LOOP"),
    ),
    Section(app="orders", work="Sales", api="orders.api", store_status="orders.live.read_state"),
    Section(app="commerce", work="Sales", api="commerce.api", store_status="commerce.live.read_state"),
    Section(
        app="webhooks",
        work="Stores",
        urls="integrations.webhooks.urls",
        api="integrations.webhooks.api",
        metrics="integrations.webhooks.metrics.read_metrics",
        store_status="integrations.webhooks.live.read_state",
        loops=(
            "integrations.webhooks.loops.APPLY_LOOP",
            "integrations.webhooks.loops.ASK_LOOP",
            "integrations.webhooks.loops.RETENTION_LOOP",
        ),
    ),
    Section(
        app="pipes",
        work="Data",
        api="integrations.pipes.api",
        loops=("integrations.pipes.loops.TAKE_LOOP", "integrations.pipes.loops.RETENTION_LOOP"),
    ),
    Section(
        app="syncing",
        api="integrations.api",
        store_status="integrations.syncing.live.read_state",
        loops=("integrations.syncing.loops.RECONCILE_LOOP", "integrations.syncing.loops.STOCK_LOOP"),
    ),
    Section(app="woocommerce", work="Stores", urls="integrations.woocommerce.urls"),
    Section(app="shopify", work="Stores", urls="integrations.shopify.urls"),
    Section(app="stores", api="stores.api", urls="stores.urls", work="Stores", menu=(STORES, ACCOUNT)),
)
