"""What holds for every test: nothing that the user's cache folder holds has a part in it.

And what makes them quick: temporary folders in memory, and modules that each process finds compiled.
"""

from __future__ import annotations

import compileall
import gc
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
MEMORY = Path("/dev/shm")  # a file system in memory: there, what the tool has synchronised costs no wait
ENOUGH = 1 << 30  # bytes; all tests together take a small part of it


def pytest_configure(config: pytest.Config) -> None:
    if hasattr(config, "workerinput"):  # what follows is done for all of them
        return
    if is_like_a_disk(MEMORY):
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(MEMORY))
    # Tests start some two hundred processes. Where PYTHONDONTWRITEBYTECODE is set, each would compile the modules.
    compileall.compile_dir(ROOT / "codemod", quiet=2)


def is_like_a_disk(folder: Path) -> bool:
    """Whether programs can be run and devices be read there, and there is room: containers mount it in other ways."""
    try:
        flags = os.statvfs(folder).f_flag
        usable = os.access(folder, os.W_OK) and not flags & (os.ST_NOEXEC | os.ST_NODEV)
        return usable and shutil.disk_usage(folder).free >= ENOUGH
    except (AttributeError, OSError):
        return False


def pytest_collection_finish() -> None:
    gc.freeze()  # thousands of tests and cases stay to the end: each collection would look at all of them


@pytest.fixture(scope="session", autouse=True)
def _cache_folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("cache")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(folder))
        patch.setenv("LOCALAPPDATA", str(folder))
        yield folder
