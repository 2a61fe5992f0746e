"""The fault runs: the real product under load and faults, and the check that nothing was lost, doubled or wrong.

Four parts, as in Jepsen: `workload` says what users do, `faults` what breaks, `history` keeps what was done and seen,
`checker` compares it with PostgreSQL. A seed fixes the schedule, not the interleaving.
"""
