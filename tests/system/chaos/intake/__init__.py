"""The set `intake`: fake shops send webhooks while processes and PostgreSQL are killed; each order has its documents once
(I11).
"""
