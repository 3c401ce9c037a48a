"""The command `precis doctor`: parse, call, print."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict


def arguments(p: argparse.ArgumentParser) -> None:
    """The arguments of the command."""
    p.add_argument("config", nargs="?", help="run config: will it run here, offline? (default: what works here at all)")
    p.add_argument("--set", action="append", default=[], metavar="a.b=v", help="override a setting; may be repeated")
    p.add_argument("--run", action="store_true", help="also let the engines write a headline each; loads their models")
    p.add_argument("--json", action="store_true", help="print JSON")


def doctor(args: argparse.Namespace) -> int:
    """What works here, offline, right now; or whether one config does."""
    from pipeline.doctor import checks, config_checks, failed, text

    config = None
    if args.config or args.set:
        from pipeline.config import load_config

        config = load_config(args.config, args.set)
    found = checks() if config is None else config_checks(config)
    if args.run:
        from pipeline.doctor.self_test import self_tests

        found += self_tests(config)
    print(json.dumps([asdict(check) for check in found], ensure_ascii=False, indent=1) if args.json else text(found))
    return 1 if failed(found) else 0
