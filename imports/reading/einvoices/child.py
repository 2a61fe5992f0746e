"""The process that reads an e-invoice for another one (`apart`): a function of `files` and its arguments on the standard input,
its result or its exception on the standard output, both pickled.
"""

from __future__ import annotations

import pickle
import sys
from typing import Any

from imports.reading.einvoices import files
from imports.reading.lines import BadFile
from imports.reading.values import BadValue
from quality.rules import Broken
from runtime import child

MOST_MEMORY, MOST_SECONDS = 384 * 1024**2, 15


def main() -> None:
    """Answer one call."""
    child.limit(memory=MOST_MEMORY, seconds=MOST_SECONDS)
    # Only from the process that started this one.
    function, arguments = pickle.load(sys.stdin.buffer)  # nosec B301
    sys.stdout.buffer.write(pickle.dumps(_answer(function, arguments)))


def _answer(function: str, arguments: tuple[Any, ...]) -> Any:
    try:
        found = getattr(files, function)(*arguments)
    except (BadFile, BadValue, Broken) as error:
        return error
    if function == "open_file":
        header, groups = found
        return header, list(groups)
    return found


if __name__ == "__main__":
    main()
