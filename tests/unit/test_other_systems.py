"""What the package does only on Windows or macOS, on Linux: `tests/support/other_system.py` says how."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.other_system import environment_for

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="other systems are imitated on Linux")
SYSTEMS = ["win32", "darwin"]


def _run(code: str, system: str, folder: Path, as_script: bool = False) -> str:
    """Run code in a process that imitates a system, with `folder` as its own; return what it prints."""
    work = folder / "work"
    work.mkdir(exist_ok=True)
    script = folder / "script.py"
    script.write_text(code, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, *([str(script)] if as_script else ["-c", code])],
        env={**os.environ, **environment_for(system, folder / "hooks", work)},
        cwd=work,
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode(errors="replace")
    return done.stdout.decode("utf-8")


@pytest.mark.parametrize("system", SYSTEMS)
def test_every_module_is_imported_on_every_system(system: str, tmp_path: Path) -> None:
    code = """
import importlib, pkgutil, sys
import generator
names = [module.name for module in pkgutil.walk_packages(generator.__path__, "generator.")]
for name in names:
    if not name.endswith("__main__"):
        importlib.import_module(name)
from generator import processes
print(processes.sys.platform, len(names) > 200, sys.platform)
"""
    assert _run(code, system, tmp_path).split() == [system, "True", "linux"]


WORK = """
import os, sys, time
from contextlib import closing
from generator.processes import ProcessPool, TaskFailed, count_cores, is_alive
def work(task):
    if task == "hang":
        while True:
            pass
    if task == "die":
        os._exit(3)
    return task
if __name__ == "__main__":
    assert count_cores() >= 1 and is_alive(os.getpid()) and not is_alive(10**7)
    with closing(ProcessPool(work, 60.0, 10**9)) as pool:
        assert pool.run("echo") == "echo"
        try:
            pool.run("die")
        except TaskFailed as failure:
            assert not failure.timed_out and not failure.killed
        pool.seconds = 0.5
        try:
            pool.run("hang")
        except TaskFailed as failure:
            assert failure.timed_out
        pool.seconds = 60.0
        assert pool.run("again") == "again"
    print("done", pool._context.get_start_method())
"""


@pytest.mark.parametrize("system", SYSTEMS)
def test_tasks_end_in_time_or_fail_alone_on_every_system(system: str, tmp_path: Path) -> None:
    assert _run(WORK, system, tmp_path, as_script=True).split() == ["done", "spawn"]


@pytest.mark.parametrize("system", SYSTEMS)
def test_what_a_build_would_use_is_told_on_every_system(system: str, tmp_path: Path) -> None:
    code = "import sys; sys.argv[1:] = ['doctor']\nfrom generator.cli import main\nmain()"
    said = " ".join(_run(code, system, tmp_path).split())
    assert "this system enforces none" in said
    assert ("VC++ runtime" in said) is (system == "win32")


class TestImitation:
    """The imitation itself, without which the tests that use it say nothing."""

    def test_modules_see_the_other_system_and_libraries_this_one(self, tmp_path: Path) -> None:
        code = """
import os, signal, types
module = types.ModuleType("generator.example")
exec('''
import os, signal, sys, multiprocessing
lacks = [hasattr(os, "fork"), hasattr(os, "sched_getaffinity"), hasattr(signal, "SIGKILL"), hasattr(signal, "alarm")]
methods = multiprocessing.get_all_start_methods()
system = sys.platform, os.name
for name in ("resource", "fcntl"):
    try:
        __import__(name, globals())
    except ImportError:
        lacks.append(False)
''', vars(module))
assert not any(module.lacks) and len(module.lacks) == 6
assert module.methods == ["spawn"] and module.system == ("win32", "nt")
assert hasattr(os, "fork") and hasattr(signal, "SIGKILL")
"""
        _run(code, "win32", tmp_path)

    def test_files_are_kept_as_windows_keeps_them(self, tmp_path: Path) -> None:
        code = r"""
import os, shutil
from pathlib import Path
def refuses(change, winerror):
    try:
        change()
    except OSError as error:
        assert error.winerror == winerror, (error, winerror)
    else:
        raise AssertionError(winerror)
Path("Été").mkdir()
Path("Été/A.txt").write_text("Été\n")
assert Path("Été/A.txt").read_bytes() == "Été\r\n".encode("cp1252")
Path("Été/A.txt").write_text("Été\n", encoding="utf-8", newline="\n")
assert Path("été/a.TXT").read_bytes() == "Été\n".encode()
assert os.path.realpath("ÉTÉ/a.txt") == os.path.realpath("Été/A.txt") and os.path.isdir("ÉTÉ")
Path("été/a.txt").write_bytes(b"x")
assert os.listdir("Été") == ["A.txt"]
for name in ("a:b", "con", "NUL.txt", "aux .csv", "a?", "a.", "com¹"):
    refuses(lambda: Path(name).write_bytes(b""), 123)
refuses(lambda: Path("x" * 200, "y" * 80).mkdir(), 3)
refuses(lambda: os.link("Été/A.txt", "b"), 1)
Path("b").write_bytes(b"")
refuses(lambda: os.rename("b", "Été/A.txt"), 183)
with open("Été/A.txt", "rb"):
    refuses(lambda: os.replace("b", "Été/A.txt"), 32)
    refuses(lambda: Path("Été/A.txt").unlink(), 32)
    refuses(lambda: os.rename("Été", "c"), 32)
    refuses(lambda: shutil.rmtree("Été"), 32)
os.replace("b", "Été/A.txt")
os.rename("Été", "c")
shutil.rmtree("c")
assert os.listdir() == []
"""
        _run(code, "win32", tmp_path)
