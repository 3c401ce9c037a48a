"""What `scripts/bench_quality.py` is made of: sets, generation, other systems, the fact checker, measures, tables."""
