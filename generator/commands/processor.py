"""What the processor is, and which of its units make networks fast."""

from __future__ import annotations

import platform
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from generator.processes import count_cores

#: Units by the flags that Linux lists for them, on x86 and ARM.
UNITS = {
    "avx2": "AVX2",
    "avx512f": "AVX-512",
    "avx512_vnni": "AVX-512 VNNI",
    "avx512_bf16": "AVX-512 bfloat16",
    "amx_int8": "AMX int8",
    "amx_bf16": "AMX bfloat16",
    "asimd": "NEON",
    "sve": "SVE",
    "bf16": "bfloat16",
    "i8mm": "int8 matrices",
}

_CPUINFO = Path("/proc/cpuinfo")


@dataclass(frozen=True, slots=True)
class Processor:
    """A processor, as far as the system and OpenVINO tell."""

    name: str
    units: tuple[str, ...]  # empty where the system does not list them
    numbers: tuple[str, ...]  # in which OpenVINO computes here: FP32, BF16, INT8; empty without OpenVINO
    cores: int  # that this process may use


def find_processor(core: Any | None) -> Processor:
    """Return this machine's processor; `core` is OpenVINO's `Core`, or None without it."""
    listed, flags = _read_cpuinfo()
    name: str = ""
    numbers: tuple[str, ...] = ()
    if core is not None:
        name = str(core.get_property("CPU", "FULL_DEVICE_NAME")).strip()
        # what the engine can do besides is listed too: WINOGRAD, EXPORT_IMPORT
        capabilities = core.get_property("CPU", "OPTIMIZATION_CAPABILITIES")
        numbers = tuple(sorted(word for word in capabilities if re.fullmatch(r"(?:FP|BF|INT)\d+", word)))
    units = tuple(unit for flag, unit in UNITS.items() if flag in flags)
    return Processor(listed or name or platform.machine(), units, numbers, count_cores())


def _read_cpuinfo() -> tuple[str, frozenset[str]]:
    """Return the processor's name and flags as Linux lists them for its first core; nothing elsewhere."""
    try:
        lines = _CPUINFO.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return "", frozenset()
    facts: dict[str, str] = {}
    for line in lines:
        key, _, value = line.partition(":")
        facts.setdefault(key.strip(), value.strip())
    # x86 has flags, ARM has Features and no name
    return facts.get("model name", ""), frozenset(facts.get("flags", facts.get("Features", "")).split())
