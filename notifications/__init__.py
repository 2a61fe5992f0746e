"""The outbox: what users are notified of is a row first, and is delivered by the process `loops`. Today by e-mail."""
