"""``python -m codemod`` and the console script ``or-migrate``."""

from __future__ import annotations

import gc
import sys


def main() -> None:
    """Run the command line and end the process with its exit code."""
    # Nearly all that a run makes lives to its end: to look for garbage among it takes longer than to read the files.
    gc.disable()
    try:
        from codemod.start import run  # noqa: PLC0415 - importing this module stays cheap

        code = run(sys.argv[1:])
    except KeyboardInterrupt:
        code = 130
    # The interpreter looks for garbage once more when it ends, whatever is disabled.
    gc.freeze()
    sys.exit(code)


if __name__ == "__main__":
    main()
