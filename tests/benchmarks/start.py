"""How long `import sottovoce` takes, in a new process."""

from __future__ import annotations

import subprocess
import sys

from timing import Result, Size, spread

WANTED = 0.5
_TIMED = "import time; t = time.process_time(); import sottovoce; print(time.process_time() - t)"


def measure(size: Size) -> list[Result]:
    """Return the seconds of the processor."""
    rounds = 2 if size == "smoke" else 9
    seconds = [
        float(subprocess.check_output([sys.executable, "-c", _TIMED], text=True))
        for _ in range(rounds)
    ]
    return [Result("import sottovoce", "", **spread(seconds), unit="s", wanted=WANTED)]
