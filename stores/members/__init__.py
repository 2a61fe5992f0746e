"""The members of accounts: who may see and change which stores. An app of its own, because it needs the users, which
only processes that serve pages load.
"""
