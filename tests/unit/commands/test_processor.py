"""The processor, as Linux and OpenVINO tell of it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from generator.commands import processor
from generator.commands.processor import find_processor

X86 = """processor\t: 0
model name\t: Some Xeon @ 2.70GHz
flags\t\t: fpu sse4_2 avx avx2 avx512f avx512_bf16 amx_bf16 amx_tile amx_int8

processor\t: 1
model name\t: Another
flags\t\t: fpu
"""
ARM = "processor\t: 0\nFeatures\t: fp asimd bf16 sve\nCPU part\t: 0xd40\n"


class Core:
    """Stands for OpenVINO's."""

    def get_property(self, device: str, name: str) -> Any:
        assert device == "CPU"
        return {
            "FULL_DEVICE_NAME": "Neoverse V1",
            "OPTIMIZATION_CAPABILITIES": ["FP32", "BF16", "INT8", "BIN", "WINOGRAD", "EXPORT_IMPORT"],
        }[name]


@pytest.mark.parametrize(
    ("listing", "name", "units"),
    [
        (X86, "Some Xeon @ 2.70GHz", ("AVX2", "AVX-512", "AVX-512 bfloat16", "AMX int8", "AMX bfloat16")),
        (ARM, "Neoverse V1", ("NEON", "SVE", "bfloat16")),
        (None, "Neoverse V1", ()),  # Windows and macOS
    ],
)
def test_a_processor_is_named_with_the_units_that_networks_use(
    listing: str | None, name: str, units: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "cpuinfo"
    if listing is not None:
        file.write_text(listing)
    monkeypatch.setattr(processor, "_CPUINFO", file)
    found = find_processor(Core())
    assert (found.name, found.units, found.numbers) == (name, units, ("BF16", "FP32", "INT8"))


def test_without_openvino_the_machine_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processor, "_CPUINFO", tmp_path / "none")
    monkeypatch.setattr("platform.machine", lambda: "arm64")
    found = find_processor(None)
    assert (found.name, found.units, found.numbers) == ("arm64", (), ())


def test_cores_are_those_that_may_be_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda process: {3}, raising=False)
    assert processor.count_cores() == 1
    monkeypatch.delattr(os, "sched_getaffinity")
    monkeypatch.setattr(os, "cpu_count", lambda: 6)
    assert processor.count_cores() == 6
