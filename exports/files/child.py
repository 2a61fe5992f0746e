"""A file made in a process of its own, which ends: it takes the query on its standard input and answers with the file.

`python -m exports.files.child FORMAT STYLE`. So a download of millions costs the web process neither its memory nor its time.
"""

from __future__ import annotations

import os
import pickle
import sys
from typing import NoReturn

LOW_PRIORITY = 10


def main() -> NoReturn:
    """Write the file to the standard output; its reader may leave at any time."""
    os.nice(LOW_PRIORITY)
    import django

    django.setup()
    from exports.files.formats import Format, write
    from exports.files.style import Style
    from invoices.models import Invoice
    from runtime import replica

    chosen = Invoice.objects.all()
    # Only from the process that started this one.
    chosen.query = pickle.load(sys.stdin.buffer)  # nosec B301
    sink = os.fdopen(os.dup(sys.stdout.fileno()), "wb", buffering=1 << 16)
    try:
        with replica.choose().reading():
            for _ in write(chosen, Format(sys.argv[1]), sink, Style.from_json(sys.argv[2])):
                pass
        sink.close()
    except BrokenPipeError:
        os._exit(1)
    # The file is complete. A process that ends in the usual way is sometimes aborted by threads of pyarrow.
    os._exit(0)


if __name__ == "__main__":
    main()
