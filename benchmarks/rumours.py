"""RumourEval 2019 in cross-validation by thread: what a reply does to what it answers.

python -m benchmarks.rumours [--write]
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import relation_figures

if __name__ == "__main__":
    sys.argv[1:] = ["rumours", *sys.argv[1:]]
    relation_figures.main()
