"""Fuzzing of the running product in volume: `make fuzz`, or `python -m tests.system.fuzz`.

Call number i of a seed is always the same call, so that each finding can be reproduced.
"""
