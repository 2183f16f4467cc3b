"""Measurements; each also runs as a module: `python -m benchmarks.claims`."""

import sys
from pathlib import Path

# the scripts name each other without the package, as they do when they are run as files
sys.path.insert(0, str(Path(__file__).parent))
