"""The command line: `zonetwin`."""

from __future__ import annotations

import os
import sys
from typing import NoReturn

BAD_INPUT = 2
INTERRUPTED = 130


def main() -> NoReturn:
    """Run the command line; whatever goes wrong is said in a sentence, and the exit code tells it."""
    from server.cli.commands import app
    from twin.errors import ZonetwinError

    try:
        app()
    except ZonetwinError as error:
        _fail(str(error))
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except OSError as error:
        place = f"{error.filename}: " if error.filename else ""
        _fail(f"{place}{error.strerror or error}; check the path, its permissions and the free space")
    except Exception as error:
        if os.environ.get("ZONETWIN_DEBUG"):
            raise
        _fail(f"a mistake of the program itself ({type(error).__name__}: {str(error).strip().splitlines()[0][:200]}); "
              "run again with ZONETWIN_DEBUG=1 and report what it shows")
    sys.exit(0)


def _fail(message: str) -> NoReturn:
    """Print a sentence on standard error and leave with the code of bad input."""
    sys.stderr.write(f"zonetwin: {message}\n")
    sys.exit(BAD_INPUT)
