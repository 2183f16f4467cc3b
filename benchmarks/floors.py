"""The quality gate: measures the corpus and fails when a figure is below its floor.

``corpus/floors.json`` holds the floors and a digest of the gold that they stand on; when the gold
changes, `python benchmarks/floors.py --accept` writes the new digest, and the change shows in the
diff. A floor is lowered only by hand, in a commit that says why.
"""

from __future__ import annotations

import hashlib
import json
import sys

from gold import GOLD, ROOT, Study, measure

FLOORS = ROOT / "corpus" / "floors.json"


def digest() -> str:
    """Hash over every gold file of our own pages, and the pages."""
    made = hashlib.sha256()
    for path in sorted([*GOLD.glob("*.json"), *(ROOT / "corpus" / "pages").iterdir()]):
        made.update(path.name.encode() + hashlib.sha256(path.read_bytes()).digest())
    return made.hexdigest()


def below(coder: str, floors: dict[str, float]) -> list[str]:
    """Prints every figure of a coder beside its floor; the names of those below."""
    figures = measure(Study([str(ROOT / "corpus" / "pages")], coder), GOLD, {}).figures()
    low = []
    for name, floor in floors.items():
        row = figures[name]
        reached = row.get("f1", row["recall"])
        told = f"{coder}: {name}"
        print(f"{'ok ' if reached >= floor else 'LOW'} {told:34} {reached:.3f} (floor {floor})")
        if reached < floor:
            low.append(told)
    return low


def main() -> None:
    held = json.loads(FLOORS.read_text(encoding="utf-8"))
    if "--accept" in sys.argv:
        held["gold"] = digest()
        FLOORS.write_text(json.dumps(held, indent=1) + "\n", encoding="utf-8")
    elif held["gold"] != digest():
        sys.exit("the gold changed: look at the diff, then run with --accept")
    low = below("rules", held["floors"])
    for coder, floors in held["coders"].items():
        low += below(coder, floors)
    if low:
        sys.exit(f"below their floor: {', '.join(low)}")


if __name__ == "__main__":
    main()
