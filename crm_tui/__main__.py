"""``python -m crm_tui`` and the installed command: hands the arguments to the command line."""

import os
import sys

if __name__ == "__main__" and not sys.flags.safe_path and sys.path[:1] == [os.getcwd()]:
    # `python -m` looks for every module in the current folder first: a json.py in somebody's folder would be ours.
    del sys.path[0]

from crm_tui.cli.main import run
from crm_tui.process import watch_the_process


def main() -> int:
    """Run the command line with this process's arguments; returns the exit code."""
    watch_the_process()
    code = run(sys.argv[1:])
    if "crm_tui.ui.app" in sys.modules:
        from crm_tui.process.threads import end_at_once  # noqa: PLC0415 - start-up cost of `--help`

        end_at_once(code)
    return code


if __name__ == "__main__":
    sys.exit(main())
