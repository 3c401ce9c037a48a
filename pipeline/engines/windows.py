"""What a trained sentence selector reads, and its shape: shared by its training, torch and numpy."""

from __future__ import annotations

from collections.abc import Sequence

WINDOW = 384  # tokens the encoder reads at once, the two at its ends included
TOGETHER = 16  # windows of a batch: bounds the memory, whatever the article's length
FEATURES = 18  # of a sentence: `salience.features_without_title`
START, END, PAD = 0, 2, 1
PLACES = 64  # sentence positions told apart
WIDTH, HEADS = 256, 4
LAYERS, RANK, ALPHA = 3, 32, 2.0  # the encoder's last layers are adapted


def windows(sentences: Sequence[Sequence[int]], size: int = WINDOW) -> list[tuple[list[int], list[int]]]:
    """Token ids of consecutive whole sentences, at most `size` with both ends, and how many tokens each has."""
    found: list[tuple[list[int], list[int]]] = []
    for ids in sentences:
        ids = ids[: size - 2]
        if not found or len(found[-1][0]) + len(ids) > size - 2:
            found.append(([], []))
        found[-1][0].extend(ids)
        found[-1][1].append(len(ids))
    return [([START, *ids, END], sizes) for ids, sizes in found]
