"""Puts uv into a folder of its own, with nothing but Python: `install_uv.py FOLDER` makes FOLDER/bin/uv.

Debian's Python comes without venv and pip, so where those are missing uv's wheel is unpacked by hand.
"""

import hashlib
import io
import json
import os
import platform
import subprocess
import sys
import urllib.parse
import urllib.request
import zipfile
from pathlib import Path

VERSION = "0.13.9"
INDEX = os.environ.get("PIP_INDEX_URL", "https://pypi.org/simple").rstrip("/")


def main() -> None:
    """Install it, or say what is in the way."""
    if sys.version_info < (3, 11):  # noqa: UP036 - this file is read by whatever Python there is
        found = platform.python_version()
        sys.exit(f"Møteplassen needs Python 3.11 or newer; this is {found}. Name another: make PYTHON=python3.12 ...")
    folder = Path(sys.argv[1])
    print("Setting up: installing uv into", folder, "...", flush=True)
    if not (with_pip(folder) or by_hand(folder)):
        sys.exit("uv could not be installed: see https://docs.astral.sh/uv/ for other ways, then run make again.")


def with_pip(folder: Path) -> bool:
    """Install uv into a virtual environment; False where this Python can't make one."""
    steps = ([sys.executable, "-m", "venv", folder], [folder / "bin" / "pip", "install", "--quiet", f"uv=={VERSION}"])
    try:
        return all(subprocess.run(step, check=False, capture_output=True).returncode == 0 for step in steps)
    except OSError:
        return False


def by_hand(folder: Path) -> bool:
    """Unpack the wheel for this machine, its hash checked against what the index says."""
    request = urllib.request.Request(f"{INDEX}/uv/", headers={"Accept": "application/vnd.pypi.simple.v1+json"})
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            files = json.load(answer)["files"]
        wheel = next(file for file in files if fits(file["filename"]))
        with urllib.request.urlopen(urllib.parse.urljoin(request.full_url, wheel["url"]), timeout=300) as answer:
            content = answer.read()
    except (OSError, ValueError, KeyError, StopIteration) as error:
        print(f"  {INDEX} gave no uv for this machine: {type(error).__name__}: {error}", file=sys.stderr)
        return False
    if hashlib.sha256(content).hexdigest() != wheel["hashes"]["sha256"]:
        print("  the wheel of uv is not what the index says it is", file=sys.stderr)
        return False
    program = folder / "bin" / "uv"
    program.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        inside = next(name for name in archive.namelist() if name.endswith("scripts/uv"))
        program.write_bytes(archive.read(inside))
    program.chmod(0o755)
    return True


def fits(filename: str) -> bool:
    """Is this the wheel of our version for this system and processor?"""
    system = {"Linux": "manylinux", "Darwin": "macosx"}.get(platform.system(), "?")
    machine = {"aarch64": ("aarch64", "arm64"), "arm64": ("aarch64", "arm64")}.get(
        platform.machine(), (platform.machine(),)
    )
    wanted = filename.startswith(f"uv-{VERSION}-") and filename.endswith(".whl")
    return wanted and system in filename and any(name in filename for name in machine)


if __name__ == "__main__":
    main()
