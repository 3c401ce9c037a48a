"""`precis doctor`: what works on this machine, offline, right now; and whether one config would.

Nothing heavy is imported, except by `self_test`, which writes a headline.
"""

from pipeline.doctor.check import Check, failed, text
from pipeline.doctor.everything import checks
from pipeline.doctor.for_config import config_checks

__all__ = ["Check", "checks", "config_checks", "failed", "text"]
