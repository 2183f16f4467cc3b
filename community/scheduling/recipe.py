"""A workflow of GitHub Actions that runs a study on a schedule, keeping it from run to run."""

from __future__ import annotations

import json

from community.scheduling.cron import fields
from community.scheduling.jobs import Job


def workflow(job: Job, folder: str) -> str:
    """The workflow's YAML.

    Args:
        job: when to run; its command is of this machine and is not used.
        folder: the study's folder in the repository, with ``study.toml`` and its sources.

    The database is kept in a cache, never committed: what `community forget` removes would stay in
    a repository's history. Strings are written as JSON, which YAML reads as they are.
    """
    told = json.dumps(folder)
    return f"""name: community
on:
  schedule:
    - cron: {json.dumps(fields(job.when))}
  workflow_dispatch:
concurrency: {job.name}
permissions:
  contents: read
jobs:
  run:
    runs-on: ubuntu-latest
    env:
      STUDY: {told}
    steps:
      - uses: actions/checkout@v4
      - uses: actions/setup-python@v5
        with:
          python-version: "3.12"
      - uses: actions/cache@v4
        with:
          path: {json.dumps(f"{folder}/study.db")}
          key: {json.dumps(f"{job.name}-${{{{ github.run_id }}}}")}
          restore-keys: {json.dumps(f"{job.name}-")}
      - run: pip install community
      - run: community run "$STUDY" --log
      - uses: actions/upload-artifact@v4
        with:
          name: exports
          path: {json.dumps(f"{folder}/exports")}
"""
