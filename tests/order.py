"""The order in which the workers take the test files, and the files that one worker runs one after the other."""

from __future__ import annotations

from pathlib import Path

# One worker runs these on its two products. The last of them looks at sockets that the others have opened minutes before.
SHARED = """
system/live/test_faults_postgres system/live/test_faults system/live/test_faults_redis system/live/test_rights
system/live/test_replay system/live/test_socket system/live/test_watch
"""
# A worker takes file after file: those that take longest come first, so that none is left over at the end. First those
# with no product or one of their own, then those that share one, then those of the browser.
LONGEST = """
dashboard/api/test_openapi system/ops/test_descriptors local/test_supervisor exports/test_downloads repo/test_backup
system/ops/test_unread system/ops/test_closed_crowd system/ops/test_pool system/chaos/test_events system/chaos/test_intake
system/fuzz/test_small system/ops/test_canary jobs/test_runner exports/test_made_first system/live/test_store local/test_start
system/ops/test_garbage dashboard/conditions/test_in_the_product dashboard/conditions/test_full_disk system/live/test_accounts
imports/test_bounds dashboard/api/test_killed imports/reading/test_anything local/test_servers quality/upgrade/test_upgrade
invoices/upgrade/test_upgrade dashboard/api/test_outage dashboard/commands/test_check invoices/test_stop repo/test_new_app
repo/test_compose integrations/shopify/test_paths imports/test_einvoices
local/test_product system/ops/test_deploy dashboard/commands/test_beside_a_run system/ops/test_drain
system/ops/test_cut_downloads jobs/test_in_the_product system/ops/test_imports_at_once system/ops/test_memory
system/live/test_run bench/test_beyond_one_process dashboard/api/test_headers system/live/test_controls repo/test_healthcheck
system/browser/test_budget system/browser/test_stores system/browser/test_shopify system/browser/test_store
system/browser/test_stream system/browser/test_analytics system/browser/test_accounts system/browser/test_pages
system/browser/test_tour system/browser/test_reading system/browser/test_admin system/browser/test_layout
system/browser/test_document system/browser/test_mail system/browser/test_imports system/browser/test_currencies
"""
TESTS = Path(__file__).parent
RANKS = {name: rank for rank, name in enumerate((SHARED + LONGEST).split())}


def place(path: Path, *, shares_product: bool) -> tuple[int, int]:
    """Where a test file comes.

    Those that share the product of their worker come late: once started it takes processor time until the end. Browser
    tests come last: Playwright keeps an event loop running, beside which no other can be run.
    """
    name = path.relative_to(TESTS).with_suffix("").as_posix() if path.is_relative_to(TESTS) else ""
    return 2 if "browser" in path.parts else int(shares_product), RANKS.get(name, len(RANKS))


def scope(nodeid: str) -> str:
    """What one worker runs as a whole: the file of this test, or the shared files if it is in one of these."""
    file = nodeid.partition("::")[0]
    name = file.removeprefix("tests/").removesuffix(".py")
    return "shared" if name in SHARED.split() else file
