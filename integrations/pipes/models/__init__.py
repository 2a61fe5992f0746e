"""The tables of pipes: sources, the batches that they sent as they came, and what their transactions led to.

A query without a store raises `ScopeError`: see `stores.rows`.
"""

from integrations.pipes.models.batches import LONGEST_KEY, OPEN, Batch, State, Stream
from integrations.pipes.models.pipes import LONGEST_NAME, Pipe, PipeKind, PipeState, Run, RunState, secret_name
from integrations.pipes.models.transactions import Transaction

__all__ = [
    "LONGEST_KEY", "LONGEST_NAME", "OPEN", "Batch", "Pipe", "PipeKind", "PipeState", "Run", "RunState", "State", "Stream",
    "Transaction", "secret_name",
]  # fmt: skip
