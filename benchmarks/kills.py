"""Kills a run at random moments, then runs the same command: are the exports the same bytes?

`python benchmarks/kills.py [TRIES] [SOURCE]` prints a row per try; ends non-zero on a difference.
"""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parent.parent


def contents(folder: Path) -> dict[str, bytes]:
    return {
        p.name: p.read_bytes()
        for p in sorted(folder.iterdir())
        if p.is_file() and p.name != "run.json"
    }


def command(base: Path, source: str) -> list[str]:
    words = [sys.executable, "-m", "community", "analyze", source, "--study", str(base / "study")]
    return [*words, "--out", str(base / "out"), "--key", str(base.parent / "key")]


def main() -> None:
    tries = int(sys.argv[1]) if len(sys.argv) > 1 else 10
    source = sys.argv[2] if len(sys.argv) > 2 else str(ROOT / "corpus" / "pages")
    moments, failures = random.Random(11), 0
    with tempfile.TemporaryDirectory() as name:
        home = Path(name)
        (home / "key").write_bytes(b"a key for this benchmark only")
        began = time.monotonic()
        subprocess.run(command(home / "whole", source), check=True, capture_output=True)
        seconds = time.monotonic() - began
        whole = contents(home / "whole" / "out")
        for number in range(tries):
            base = home / f"try{number}"
            moment = moments.uniform(0.1, seconds)
            process = subprocess.Popen(command(base, source), stderr=subprocess.DEVNULL)
            time.sleep(moment)
            finished = process.poll() is not None
            process.send_signal(signal.SIGKILL)
            process.wait()
            subprocess.run(command(base, source), check=True, capture_output=True)
            same = contents(base / "out") == whole
            failures += not same
            told = "had ended" if finished else "killed"
            print(f"{told} at {moment:5.2f} of {seconds:.2f} s: {'same' if same else 'DIFFERENT'}")
    sys.exit(bool(failures))


if __name__ == "__main__":
    main()
