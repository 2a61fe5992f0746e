"""The tables of stores: accounts, their stores, and the secrets of stores."""

from stores.models.account import DEFAULT_ACCOUNT_ID, DEFAULT_ACCOUNT_SLUG, Account
from stores.models.credential import Credential
from stores.models.letterhead import Letterhead
from stores.models.store import DEFAULT_FEED, DEFAULT_SLUG, DEFAULT_STORE_ID, Store, check_timezone, feed_name_of

__all__ = [
    "DEFAULT_ACCOUNT_ID",
    "DEFAULT_ACCOUNT_SLUG",
    "DEFAULT_FEED",
    "DEFAULT_SLUG",
    "DEFAULT_STORE_ID",
    "Account",
    "Credential",
    "Letterhead",
    "Store",
    "check_timezone",
    "feed_name_of",
]
