"""Time and peak memory of one made-up article of 1,000, 10,000 and 100,000 words, for every kind of engine.

    python scripts/bench_long.py                                   # all engines, all lengths
    python scripts/bench_long.py --engines whole,lead --words 1000,20000
    python scripts/bench_long.py --rewrite                         # with a rewrite as well

Every row is a process of its own. Seconds are of its processor, without loading the engine; what counts is how they
grow: the last columns are time and memory as multiples of the shortest article's, beside the multiple of the words.
`whole` is the scripted engine reading whole articles of 512 words at once, `seq2seq` a random BART of 256 positions.
"""

from __future__ import annotations

import argparse
import json
import platform
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]
ENGINES = ("lead", "textrank", "fake", "whole", "seq2seq", "embedded")


def measure(name: str, words: int, rewrite: bool) -> dict[str, float]:
    """One article through one engine in this process: seconds, megabytes, sentences, texts between."""
    from long_sample import long_text

    from pipeline.config import load_config
    from pipeline.engines import Engine, open_engine
    from pipeline.engines.fake import FakeEngine
    from pipeline.run import make_briefs, open_engines
    from pipeline.settings_engine import EngineSettings
    from pipeline.text.article import make_article

    def opened(settings: EngineSettings) -> Engine:
        return FakeEngine(strategy="whole") if name == "whole" else open_engine(settings)

    make_article("warm", long_text(60))  # the sentence splitter's and the language's models
    with tempfile.TemporaryDirectory() as folder:
        values = [f"engine.name={'fake' if name == 'whole' else name}"]
        values += ["outputs.rewrite.enabled=true"] if rewrite else []
        if name == "seq2seq":
            from train_sample import make_tiny_bart

            model = make_tiny_bart(Path(folder) / "tiny")
            values += [f"engine.model={model}", "engine.beams=1", "engine.candidates=1"]
        config = load_config(None, values)
        engines = open_engines(config, opened)
        began = time.process_time()
        article = make_article("a", long_text(words))
        (made,) = make_briefs([article], config, engines)
        seconds = time.process_time() - began
    return {
        "seconds": seconds,
        "peak_mb": peak(),
        "sentences": len(article.sentences),
        "steps": len(made.steps),
    }


def peak() -> float:
    """Peak memory of this process in megabytes."""
    scale = 1024 if platform.system() == "Linux" else 1024 * 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / scale


def child(name: str, words: int, rewrite: bool) -> dict[str, float]:
    """`measure` in a process of its own."""
    command = [sys.executable, __file__, "--one", name, "--words", str(words), *(["--rewrite"] if rewrite else [])]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{name} with {words} words failed:\n{done.stderr[-2000:]}")
    found: dict[str, float] = json.loads(done.stdout)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--engines", default=",".join(ENGINES))
    parser.add_argument("--words", default="1000,10000,100000")
    parser.add_argument("--rewrite", action="store_true")
    parser.add_argument("--one", choices=ENGINES, help=argparse.SUPPRESS)
    given = parser.parse_args()
    lengths = [int(n) for n in given.words.split(",")]
    if given.one:
        print(json.dumps(measure(given.one, lengths[0], given.rewrite)))
        return
    print("| engine | words | sentences | steps | seconds | peak MB | × words | × seconds | × peak MB |")
    print("|---|---|---|---|---|---|---|---|---|")
    for name in given.engines.split(","):
        first: dict[str, float] | None = None
        for words in lengths:
            row = child(name, words, given.rewrite)
            first = first or row
            times = f"{words / lengths[0]:.0f} | {row['seconds'] / first['seconds']:.1f}"
            used = f"{row['seconds']:.1f} | {row['peak_mb']:.0f} | {times} | {row['peak_mb'] / first['peak_mb']:.2f}"
            print(f"| {name} | {words:,} | {row['sentences']} | {row['steps']} | {used} |", flush=True)


if __name__ == "__main__":
    main()
