"""What the machine is, and how long something takes on it."""

import importlib.metadata
import os
import platform
import time
from pathlib import Path


def timed(function, runs):
    """Last result and milliseconds of each run."""
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        result = function()
        times.append(1000 * (time.perf_counter() - start))
    return result, times


def peak():
    """Peak memory of this process in MB."""
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024  # Linux counts in kB


def machine():
    """Facts of the machine and the libraries that times depend on, one line each."""
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.exists() else []
    names = [line.split(":")[1].strip() for line in lines if line.startswith("model name")]
    versions = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in ("numpy", "scipy", "pandas"))
    return [
        f"Processor: {names[0] if names else platform.machine()}, {os.cpu_count()} cores",
        f"emolabor {importlib.metadata.version('emolabor')}, Python {platform.python_version()}, {versions}",
    ]
