"""What a measurement was made on: processor, cores, memory, graphics cards. Imports nothing heavy."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
from pathlib import Path

from pipeline.files import JsonObject

GIB = 2**30


def machine() -> JsonObject:
    """Cores of the machine and of this process, the processor's name, memory in GiB, system, cards, load before."""
    total, free = memory_gib()
    return {
        "cpu": cpu_name(),
        "cores": os.cpu_count(),
        "cores_usable": usable_cores(),
        "memory_gib": total,
        "memory_free_gib": free,
        "system": f"{platform.system()} {platform.release()} {platform.machine()}",
        "gpus": list(gpus()),
        "load": round(os.getloadavg()[0], 2) if hasattr(os, "getloadavg") else None,
    }


def usable_cores() -> int | None:
    """Cores that this process may run on."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()


def threads_for(asked: int | None) -> int:
    """As many threads as are asked for; None: one for every core that this process may run on."""
    return asked or usable_cores() or 1


def cpu_name() -> str:
    """The processor's name where the system tells it."""
    for line in _lines(Path("/proc/cpuinfo")):
        name, _, value = line.partition(":")
        if name.strip() == "model name":
            return value.strip()
    return platform.processor() or platform.machine()


def memory_gib() -> tuple[float | None, float | None]:
    """Memory of the machine and what is free of it, in GiB; None where the system does not tell."""
    found = {name: value for name, _, value in (line.partition(":") for line in _lines(Path("/proc/meminfo")))}
    if "MemTotal" in found:
        total, free = (int(found.get(name, "0").split()[0]) for name in ("MemTotal", "MemAvailable"))
        return round(total / 2**20, 1), round(free / 2**20, 1)
    if hasattr(os, "sysconf") and "SC_PHYS_PAGES" in os.sysconf_names:
        return round(os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / GIB, 1), None
    return None, None


def gpus() -> tuple[str, ...]:
    """Graphics cards as their driver names them, with their memory; none where there is no driver."""
    if platform.system() == "Darwin":
        return ("Apple GPU",) if platform.machine() == "arm64" else ()
    tool = shutil.which("nvidia-smi")
    if tool is None:
        return ()
    command = [tool, "--query-gpu=name,memory.total", "--format=csv,noheader"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=10, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return ()
    return tuple(line.strip() for line in done.stdout.splitlines() if line.strip()) if done.returncode == 0 else ()


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return []
