"""Peak memory of this process."""

from __future__ import annotations

import sys
from pathlib import Path

MIB = 2**20


def peak_rss_mib() -> float | None:
    """The most resident memory this process ever had, in MiB; None where the system does not tell.

    Linux's `ru_maxrss` counts the memory of the process that started this one as well, so its own high-water mark is
    read instead.
    """
    status = Path("/proc/self/status")
    if status.is_file():
        lines = status.read_text(encoding="utf-8", errors="replace").splitlines()
        kib = [line.split()[1] for line in lines if line.startswith("VmHWM:")]
        return round(int(kib[0]) / 1024, 1) if kib else None
    if sys.platform == "win32":
        return None
    import resource  # not on every system

    unit = 1 if sys.platform == "darwin" else 1024
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / MIB, 1)


def peak_cuda_mib() -> float | None:
    """The most memory that torch's tensors took on the CUDA device, in MiB; None without torch or without a device.

    Engines that do not use torch there (CTranslate2) are not counted.
    """
    torch = sys.modules.get("torch")
    if torch is None or not torch.cuda.is_available():
        return None
    peak = round(float(torch.cuda.max_memory_allocated()) / MIB, 1)
    return peak or None
