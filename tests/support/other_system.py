"""Windows and macOS, imitated on Linux as far as they can be, in processes of their own.

What Brandscape's modules see of Python is what the other system has: `sys.platform`, `os` without `fork`, `signal`
without `SIGALRM`, no `resource`, only `spawn`. Libraries see Linux. For Windows, a folder and all below behaves like a
file system there: names without case, 260 characters, no colons or devices, no rename of a file that this process has
open, and text in an old code page with CRLF unless the code says otherwise.

Python imports `sitecustomize` as it starts, and with it this module, in every process of a build.
"""

from __future__ import annotations

import builtins
import io
import os
import re
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from tests.support import ROOT

CODE_PAGE = "cp1252"
#: Environment variables: the system that is imitated, and the folder that behaves like its file system.
_SYSTEM, _FOLDER = "OTHER_SYSTEM", "OTHER_SYSTEM_FOLDER"
#: Characters of a path at most, without the one that ends it: MAX_PATH.
_LONGEST = 259
_NOT_IN_NAMES = re.compile(r'[<>:"|?*\\\x00-\x1f]|[. ]$')
_DEVICES = re.compile(r"(?:con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[0-9¹²³]) *(?:\..*)?", re.IGNORECASE)

#: https://docs.python.org/3/library/os.html and signal.html, by "Availability".
_NOT_ON_WINDOWS = """
    chown chroot ctermid fchmod fchown fdatasync fork forkpty fpathconf getegid geteuid getgid getgroups getloadavg
    getpgid getpgrp getpriority getresuid getsid getuid killpg lchown lockf major minor memfd_create mkfifo mknod nice
    openpty pathconf pipe2 posix_fadvise posix_fallocate posix_spawn pread preadv pwrite pwritev sched_getaffinity
    sched_setaffinity sched_yield sendfile setegid seteuid setgid setgroups setpgid setpriority setsid setuid statvfs
    sync sysconf tcgetpgrp uname wait wait3 wait4 waitid WEXITSTATUS WIFEXITED WIFSIGNALED WNOHANG WTERMSIG O_CLOEXEC
    O_DIRECTORY O_NOFOLLOW O_NONBLOCK O_TMPFILE
"""
_NO_SIGNALS = """
    SIGALRM SIGBUS SIGCHLD SIGCONT SIGHUP SIGKILL SIGPIPE SIGQUIT SIGSTOP SIGTSTP SIGTTIN SIGTTOU SIGUSR1 SIGUSR2 alarm
    getitimer pause pthread_kill pthread_sigmask setitimer siginterrupt sigpending sigtimedwait sigwait
"""
_NO_MODULES = "crypt fcntl grp posix pty pwd resource syslog termios tty"
_NOT_ON_MACOS = """
    getresuid memfd_create posix_fadvise posix_fallocate sched_getaffinity sched_setaffinity O_TMPFILE
"""


def environment_for(system: str, hooks: Path, folder: Path) -> dict[str, str]:
    """Return what makes a Python process imitate "win32" or "darwin"; `hooks` is a folder for its start-up code."""
    hooks.mkdir(parents=True, exist_ok=True)
    (hooks / "sitecustomize.py").write_text(
        "from tests.support.other_system import imitate\n\nimitate()\n", encoding="utf-8"
    )
    return {
        _SYSTEM: system,
        _FOLDER: str(folder.resolve()),
        "PYTHONPATH": os.pathsep.join([str(hooks), str(ROOT)]),
        "PYTHONIOENCODING": CODE_PAGE if system == "win32" else "utf-8",
    }


def imitate() -> None:
    """Make this process imitate the system that its environment names."""
    system = os.environ[_SYSTEM]
    # these ask which system they run on when they are first imported
    import multiprocessing
    import signal
    import subprocess  # noqa: F401

    import filelock  # noqa: F401

    on_windows = system == "win32"
    seen: dict[str, Any] = {
        "os": _Seen(os, _NOT_ON_WINDOWS if on_windows else _NOT_ON_MACOS, name="nt" if on_windows else "posix"),
        "sys": _Seen(sys, "", platform=system),
        "signal": _Seen(signal, _NO_SIGNALS if on_windows else ""),
        "multiprocessing": _Seen(multiprocessing, "", get_all_start_methods=lambda: ["spawn"]),
    }
    if on_windows:
        constants = {name: 1 << bit for bit, name in enumerate(("SEM_FAILCRITICALERRORS", "SEM_NOGPFAULTERRORBOX"))}
        seen["msvcrt"] = SimpleNamespace(SetErrorMode=lambda mode: 0, **constants)
    _show(seen, frozenset(_NO_MODULES.split()) if on_windows else frozenset())
    if on_windows:
        _FileSystem(os.environ[_FOLDER]).install()


class _Seen:
    """A module as code sees it on the other system."""

    def __init__(self, module: Any, lacking: str, **other: Any) -> None:
        vars(self).update(_module=module, _lacking=frozenset(lacking.split()), _other=other)

    def __getattr__(self, name: str) -> Any:
        if name in self._lacking:
            raise AttributeError(f"{self._module.__name__}.{name} does not exist on {os.environ[_SYSTEM]}")
        return self._other[name] if name in self._other else getattr(self._module, name)

    def __setattr__(self, name: str, value: Any) -> None:
        setattr(self._module, name, value)


def _show(seen: dict[str, Any], hidden: frozenset[str]) -> None:
    """Give Brandscape's modules `seen` in place of the modules of these names, and none of `hidden`."""
    load = builtins.__import__

    def load_for(name: str, globals: Any = None, locals: Any = None, fromlist: Any = (), level: int = 0) -> Any:
        if level == 0 and globals and str(globals.get("__name__", "")).partition(".")[0] == "generator":
            if name.partition(".")[0] in hidden:
                raise ModuleNotFoundError(f"No module named {name!r}", name=name)
            if name in seen:
                return seen[name]
        return load(name, globals, locals, fromlist, level)

    builtins.__import__ = load_for


def _refusal(winerror: int, number: int, path: object) -> OSError:
    error = OSError(number, f"refused as on Windows (WinError {winerror})", os.fspath(path))  # type: ignore[call-overload]
    error.winerror = winerror  # type: ignore[attr-defined, unused-ignore]
    return error


class _FileSystem:
    """A folder that behaves as on Windows."""

    def __init__(self, folder: str) -> None:
        self._folder = folder
        self._stat, self._scan = os.lstat, os.scandir

    def install(self) -> None:
        """Put these rules before the functions of `os` and `open`, for all code of this process."""
        for name in ("stat", "lstat", "listdir", "scandir", "chmod", "utime", "rmdir", "access", "readlink"):
            self._wrap(os, name, self.find)
        self._wrap(os, "mkdir", self.claim)
        for name in ("unlink", "remove"):
            self._wrap(os, name, self.take)
        self._wrap(os.path, "realpath", self.find)
        self._wrap_open()
        rename, replace = os.rename, os.replace

        def rename_file(source: Any, target: Any, **options: Any) -> None:
            place = self.claim(target)
            if os.path.lexists(place) and not os.path.samefile(self.find(source), place):
                raise _refusal(183, 17, target)
            rename(self.take(source), place, **options)

        def replace_file(source: Any, target: Any, **options: Any) -> None:
            replace(self.take(source), self.take(self.claim(target)), **options)

        def link(source: Any, target: Any, **options: Any) -> None:
            raise _refusal(1, 22, target)  # a disk without hard links

        os.rename, os.replace, os.link = rename_file, replace_file, link
        shutil._use_fd_functions = False  # it would name files from an open folder

    def _wrap(self, owner: Any, name: str, rule: Callable[[Any], Any]) -> None:
        call = getattr(owner, name)

        def ruled(path: Any = ".", *arguments: Any, **options: Any) -> Any:
            return call(rule(path), *arguments, **options)

        setattr(owner, name, ruled)

    def _wrap_open(self) -> None:
        open_number, open_file = os.open, io.open

        def open_by_number(path: Any, flags: int, *arguments: Any, **options: Any) -> int:
            writes = flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT)
            return open_number(self.claim(path) if writes else self.find(path), flags, *arguments, **options)

        def open_by_name(path: Any, mode: str = "r", *arguments: Any, **options: Any) -> Any:
            options |= dict(
                zip(("buffering", "encoding", "errors", "newline", "closefd", "opener"), arguments, strict=False)
            )
            writes = mode.strip("rbtU")
            if "b" not in mode and self._is_here(path):
                if options.get("encoding") in (None, "locale"):
                    options["encoding"] = CODE_PAGE
                if writes and options.get("newline") is None:
                    options["newline"] = "\r\n"
            return open_file(self.claim(path) if writes else self.find(path), mode, **options)

        os.open = open_by_number
        builtins.open = io.open = open_by_name

    def _is_here(self, path: Any) -> bool:
        if isinstance(path, int):
            return False
        return os.path.join(os.path.abspath(os.fsdecode(path)), "").startswith(os.path.join(self._folder, ""))

    def find(self, path: Any) -> Any:
        """Return the path as it is written on disk, where case differs; else as it is."""
        if not self._is_here(path) or self._exists(path):
            return path
        found = self._folder
        names = os.path.relpath(os.path.abspath(os.fsdecode(path)), self._folder).split(os.sep)
        for number, name in enumerate(names):
            try:
                with self._scan(found) as entries:
                    alike = [entry.name for entry in entries if entry.name.casefold() == name.casefold()]
            except OSError:
                return os.path.join(found, *names[number:])
            found = os.path.join(found, name if name in alike or not alike else alike[0])
        return found

    def claim(self, path: Any) -> Any:
        """Return the path as `find` does. Raises OSError if Windows makes no file or folder of this name."""
        if not self._is_here(path):
            return path
        full = os.path.abspath(os.fsdecode(path))
        name = os.path.basename(full)
        if len(full) > _LONGEST:
            raise _refusal(3, 2, path)
        if full != self._folder and (_NOT_IN_NAMES.search(name) or _DEVICES.fullmatch(name)):
            raise _refusal(123, 22, path)
        return self.find(path)

    def take(self, path: Any) -> Any:
        """Return the path as `find` does. Raises PermissionError if this process has it, or a file in it, open."""
        place = self.find(path)
        if self._is_here(place):
            full = os.path.abspath(os.fsdecode(place))
            if any(other == full or other.startswith(f"{full}{os.sep}") for other in self._list_open()):
                raise _refusal(32, 13, path)
        return place

    def _list_open(self) -> set[str]:
        """Return the paths of all files that this process has open or mapped, and of its folder."""
        found = {os.getcwd()}
        for number in os.listdir("/proc/self/fd"):
            try:
                found.add(os.readlink(f"/proc/self/fd/{number}"))
            except OSError:  # closed meanwhile
                continue
        with io.FileIO("/proc/self/maps") as maps:
            found.update(line.split(maxsplit=5)[5] for line in maps.read().decode().splitlines() if line.count("/"))
        return found

    def _exists(self, path: Any) -> bool:
        try:
            self._stat(path)
        except (OSError, ValueError):
            return False
        return True
