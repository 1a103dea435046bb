"""Run the command line, and print the memory of its largest process after all else, in bytes."""

from __future__ import annotations

import resource

from server.cli import main

if __name__ == "__main__":
    try:
        main()
    finally:
        whose = resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN
        print(max(resource.getrusage(who).ru_maxrss for who in whose) * 1024, flush=True)
