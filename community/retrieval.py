"""The verb that fetches: a study's folder, what is asked for, and a lock around it."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from community import assembly, config
from community.errors import UsageError
from community.fetching.log import FOLDER
from community.fetching.options import FetchOptions
from community.locks import exclusive

if TYPE_CHECKING:
    from community.fetching.job import Fetched
    from community.fetching.outcomes import Outside


def fetch(
    urls: Sequence[str],
    *,
    study: str | os.PathLike[str],
    options: FetchOptions | None = None,
    world: Outside | None = None,
) -> Fetched:
    """Fetches discussions into a study's ``sources``, politely, with a log beside ``study.toml``.

    The only function that touches the network, and only for the addresses that it is given and
    what belongs to their discussions. Nothing is analysed: see `rerun`.

    Args:
        urls: addresses of discussions.
        study: the study's folder; made when there is none.
        options: limits, contact, a dry run: see `FetchOptions`.
        world: clocks, sleep and resolver; the real ones if None.

    Returns:
        what happened to each address.

    Raises:
        UsageError: no address was given.
        StoreError: another fetch is at work there, or the folder cannot be written.
    """
    from community.fetching import job
    from community.fetching.outcomes import Outside

    if not urls:
        raise UsageError("fetch", "no address given", "name the URL of a discussion")
    options, world = options or FetchOptions(), world or Outside()
    folder = Path(study)
    if options.dry_run:
        return job.fetch(urls, folder, options, world, assembly.VERSION)
    if not (folder / "study.toml").exists():
        config.create(folder, [FOLDER])
    kept = config.add_sources(config.load(folder), [FOLDER])
    with exclusive(kept.folder / "fetch.lock"):
        return job.fetch(urls, kept.folder, options, world, assembly.VERSION)
