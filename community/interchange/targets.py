"""Names of what links refer to, from the ledger's own rows."""

from __future__ import annotations

from community.contracts import Snapshot
from community.interchange.bundles import values


def target_names(snapshot: Snapshot) -> dict[str, str]:
    """What to call a claim, by `refers_to`; trials and treatments have their names in it."""
    made: dict[str, str] = {}
    for row in values(snapshot, "claims"):
        key = f"claim:{row['claim_id']}"
        if key not in made:
            number = "" if row["value"] is None else f"{row['value']:g} {row['unit'] or ''}"
            told = (row["trial"], row["endpoint"], number.strip(), row["timepoint"])
            made[key] = ", ".join(str(part) for part in told if part)
    return made
