"""Requests → batches, from the list of requests alone."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from pipeline.records import Request


def batches(requests: Sequence[Request], size: int) -> list[list[Request]]:
    """Requests of one task and like length together; a stable order whatever the input order."""
    ordered = sorted(requests, key=lambda r: (r.task, len(r.source) + len(r.context), r.id))
    found: list[list[Request]] = []
    for request in ordered:
        if not found or found[-1][0].task != request.task or len(found[-1]) >= size:
            found.append([])
        found[-1].append(request)
    return found


def seed_of(seed: int, requests: Sequence[Request]) -> int:
    """The seed of a batch, from the run's and the ids of its requests."""
    text = "\n".join((str(seed), *(request.id for request in requests)))
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:4], "big")
