"""Memory and speed of reading a large table: what the readers hold, and what a run holds of every article.

    python scripts/measure_ingest.py                  # 100,000 rows of about 600 words made from seeds/
    python scripts/measure_ingest.py --rows 20000 --kind jsonl.gz

Each measurement is a process of its own; numbers are growth of its peak resident memory over what it had before.
"""

from __future__ import annotations

import argparse
import gzip
import json
import multiprocessing
import tempfile
import time
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path

KINDS = ("parquet", "arrow", "jsonl", "jsonl.gz", "csv")
WORDS = 600


def texts(rows: int) -> Iterator[str]:
    """Articles of about WORDS words: sentences of the seeds in turn, numbered so that no two are alike."""
    folder = Path(__file__).resolve().parents[1] / "seeds"
    words = " ".join(path.read_text(encoding="utf-8") for path in sorted(folder.glob("*/article.md"))).split()
    for row in range(rows):
        start = row * 37 % (len(words) - WORDS)
        yield f"Article {row}. {' '.join(words[start : start + WORDS])}"


def write(path: Path, rows: int, kind: str) -> None:
    """A table of `rows` articles with ids."""
    import pyarrow as pa
    from pyarrow import parquet

    schema = pa.schema([("id", pa.string()), ("article", pa.string())])
    records = ({"id": f"a{n}", "article": text} for n, text in enumerate(texts(rows)))
    if kind in ("parquet", "arrow"):
        with parquet.ParquetWriter(path, schema) if kind == "parquet" else pa.ipc.new_stream(path, schema) as writer:
            while group := list(islice(records, 10_000)):
                writer.write_table(pa.Table.from_pylist(group, schema=schema))
        return
    with gzip.open(path, "wt") if kind.endswith(".gz") else path.open("w", encoding="utf-8") as file:
        if kind == "csv":
            file.write("id,article\n")
        for r in records:
            file.write(
                f'{r["id"]},"{r["article"].replace(chr(34), chr(39))}"\n' if kind == "csv" else json.dumps(r) + "\n"
            )


def peak() -> float:
    """Peak resident memory of this process alone, MiB (Linux; `getrusage` would count that of its parent)."""
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


def readers_only(path: Path) -> int:
    """Every record read and let go."""
    from pipeline.ingest.columns import choose
    from pipeline.ingest.formats import read_file

    return sum(1 for _ in read_file(path, "a", choose({})))


def whole_input(path: Path) -> int:
    """Every article as a run holds it: normalised, split into sentences, with its references."""
    from pipeline.ingest import read_input

    return len(read_input(str(path))[0])


def measure(
    job: Callable[[Path], int], warm: Path, path: Path, answer: multiprocessing.Queue[tuple[int, float, float]]
) -> None:
    """Rows, growth of the peak in MiB, and seconds; a small file first loads what is loaded once."""
    job(warm)
    before, began = peak(), time.perf_counter()
    rows = job(path)
    answer.put((rows, peak() - before, time.perf_counter() - began))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--kind", choices=KINDS, default="parquet")
    parser.add_argument("--readers-only", action="store_true", help="leave the slow second measurement out")
    args = parser.parse_args()
    context = multiprocessing.get_context("spawn")
    with tempfile.TemporaryDirectory() as folder:
        path, warm = Path(folder, f"t.{args.kind}"), Path(folder, f"warm.{args.kind}")
        write(warm, 50, args.kind)
        write(path, args.rows, args.kind)
        print(f"{args.kind}, {args.rows:,} rows, {path.stat().st_size / 2**20:,.0f} MiB on disk")
        for job in (readers_only, *(() if args.readers_only else (whole_input,))):
            answer = context.Queue()
            process = context.Process(target=measure, args=(job, warm, path, answer))
            process.start()
            process.join()
            if process.exitcode:
                parser.exit(1, f"{job.__name__}: the process ended with status {process.exitcode}\n")
            rows, grown, seconds = answer.get()
            each = grown * 2**20 / rows
            print(f"{job.__name__:13} {rows:,} articles, +{grown:,.1f} MiB ({each:,.0f} bytes each), {seconds:,.1f} s")


if __name__ == "__main__":
    main()
