"""Environment variables that keep the memory of every process small. glibc and Python read them when a process starts."""

from __future__ import annotations

# Argon2 takes 19 MiB for a login. After glibc has returned such a block once, it keeps the next blocks in every thread
# that used one, unless a fixed threshold says from which size on it returns them.
GIVEN_BACK_BYTES = 1024 * 1024
VARIABLES = {
    # One heap for all threads: Python's lock leaves only one of them running, and each further heap keeps free memory.
    "MALLOC_ARENA_MAX": "1",
    "MALLOC_MMAP_THRESHOLD_": str(GIVEN_BACK_BYTES),
    # Tracebacks name lines, not columns; the columns of all code take half a megabyte to a megabyte in each process.
    "PYTHONNODEBUGRANGES": "1",
}
