"""The model: run, queue, pacer, hub and screens in one process and in virtual time, a step at a time.

PostgreSQL is a few lists whose transactions are whole. Redis is a bag of notifications and a cache that are wrong, lost or
doubled. What is due, the pace, the seals of the queue, the hub's order and the frames are the product's own modules; what
the screens saw goes to the same checker as that of the real processes.
"""
