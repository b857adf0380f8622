"""Where templates and static files are found, and what tells one version of them from another."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from generator import resources


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    package = tmp_path / "site-packages/generator"
    for name in ("templates", "static"):
        (package / name).mkdir(parents=True)
        (package / name / "file.html").write_text(name)
    monkeypatch.setattr(resources, "_PACKAGE", package)
    resources.source_digest.cache_clear()
    yield package
    resources.source_digest.cache_clear()


def test_an_installed_package_holds_its_own(installed: Path) -> None:
    assert resources.find_resources("templates") == installed / "templates"


def test_a_checkout_has_them_beside_its_project_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resources, "_PACKAGE", tmp_path / "generator")
    (tmp_path / "static").mkdir()
    with pytest.raises(FileNotFoundError, match="install it again"):
        resources.find_resources("static")  # a folder of that name beside any other package is not ours
    (tmp_path / "pyproject.toml").write_text("")
    assert resources.find_resources("static") == tmp_path / "static"


def test_the_digest_changes_with_any_file_but_not_with_caches_and_documents(installed: Path) -> None:
    def digest() -> str:
        resources.source_digest.cache_clear()
        return resources.source_digest()

    first = digest()
    (installed / "__pycache__").mkdir()
    (installed / "__pycache__/site.pyc").write_bytes(b"1")
    (installed / "static/README.md").write_text("how the scripts are ordered")
    assert digest() == first
    (installed / "templates/file.html").write_text("other")
    assert digest() != first
