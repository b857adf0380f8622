"""The built wheel, installed in a clean environment, builds a site away from the checkout."""

from __future__ import annotations

import os
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

from tests.support import ROOT
from tests.support.drawn import SampleMaker
from tests.support.stand_in import keep_stand_in


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", str(folder), str(ROOT)]
    subprocess.run(command, check=True)
    return next(folder.glob("*.whl"))


def test_the_wheel_carries_templates_static_files_translations_and_workflows(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    for folder in ("templates", "static"):
        mine = {path.relative_to(ROOT).as_posix() for path in (ROOT / folder).rglob("*") if path.is_file()}
        assert {f"generator/{name}" for name in mine} <= names
    assert "generator/translations/fr/LC_MESSAGES/brandscape.po" in names
    assert {"generator/workflows/github.yml", "generator/workflows/gitlab.yml", "generator/py.typed"} <= names
    assert "generator/README.md" not in names


def test_the_installed_wheel_builds_a_site(
    wheel: Path, make_sample: SampleMaker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PYTHONPATH", raising=False)  # may lead to the checkout
    environment = tmp_path / "venv"
    venv.create(environment, with_pip=False, symlinks=os.name != "nt")
    scripts = environment / ("Scripts" if os.name == "nt" else "bin")
    python = scripts / ("python.exe" if os.name == "nt" else "python")
    install = [sys.executable, "-m", "pip", "--python", str(python), "install", "--quiet", "--no-deps", str(wheel)]
    subprocess.run(install, check=True)
    where = [str(python), "-c", "import sysconfig; print(sysconfig.get_paths()['purelib'])"]
    packages = Path(subprocess.run(where, capture_output=True, text=True, check=True).stdout.strip())
    # the dependencies are those these tests run with; the checkout itself stays out of reach
    folders = [path for path in sys.path if path.endswith("site-packages")]
    (packages / "dependencies.pth").write_text("\n".join(folders))

    imported = subprocess.run(
        [str(python), "-c", "import generator; print(generator.__file__)"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    assert Path(imported.stdout.strip()).is_relative_to(packages)
    spreadsheet = make_sample(20)
    cache = tmp_path / "cache"
    keep_stand_in(cache)  # to convert the network itself takes longer than all else
    command = [str(scripts / "brandscape"), "build", str(spreadsheet), "--model", "builtin", "-q", "--out", "site"]
    command += ["--cache-dir", str(cache)]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "site/index.html").is_file()
    assert list((tmp_path / "site/assets").glob("*.js"))
