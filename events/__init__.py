"""The event log: facts are appended in their own transaction, and consumers read each committed one in order."""
