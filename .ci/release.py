"""Makes a release: `release.py VERSION [--dry-run] [--untested]`, or `make release VERSION=1.2.3`.

Checks that the tree, the version and the changelog are ready, runs the tests, builds wheel and sdist, checks that all
that ships is in the wheel and that it starts from a virtual environment of its own, writes checksums into dist/, tags.
Nothing is pushed or published: `git push origin vVERSION` and handing dist/ out are a person's decision.
"""

import argparse
import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import tomllib
import urllib.error
import urllib.request
import zipfile
from pathlib import Path

UV = shutil.which("uv") or str(Path(".uv/bin/uv").absolute())
DIST = Path("dist")
PACKAGES = ("bot", "ingest", "knowledge")
PATIENCE = 300.0
"""Seconds that a server that is open has to be well."""
GUIDE = "---\ntitle: Serveringsbevilling\n---\n# Serveringsbevilling\n\nDe som serverer, må ha bevilling.\n"
SOURCES = '[[source]]\nname = "Veiledninger"\npath = "*.md"\nkind = "guidance"\naudience = "public"\nlanguage = "nb"\n'


class NotReady(Exception):
    """The release can't be made yet; the message says why and what to do."""


def main() -> None:
    """Make it, or say what is in the way."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("version", help="as in pyproject.toml, such as 1.2.3")
    parser.add_argument("--dry-run", action="store_true", help="everything but the tag")
    parser.add_argument("--untested", action="store_true", help="with --dry-run: leave lint and tests out")
    given = parser.parse_args()
    if given.untested and not given.dry_run:
        parser.error("--untested is for --dry-run: what is tagged has been tested")
    try:
        news = check_ready(given.version)
        if not given.untested:
            for target in ("lint", "test", "test-slow"):
                run("make", target)
        wheel = build(given.version)
        check_contents(wheel)
        check_start(wheel)
        write_checksums()
        if not given.dry_run:
            run("git", "tag", "--annotate", f"v{given.version}", "--message", f"Møteplassen {given.version}\n\n{news}")
    except NotReady as error:
        sys.exit(f"error: {error}")
    done = "not tagged" if given.dry_run else f"tagged; to publish the tag: git push origin v{given.version}"
    print(f"Møteplassen {given.version} lies in {DIST}/ and is {done}.")


def check_ready(version: str) -> str:
    """What the changelog says of the version. Raises NotReady where it can't be released from this tree."""
    if changed := output("git", "status", "--porcelain"):
        raise NotReady(f"the tree has changes that are not committed:\n{changed}Commit them or put them away.")
    stated = tomllib.loads(Path("pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    if stated != version:
        raise NotReady(f"pyproject.toml says version {stated}: set it to {version}, run `uv lock`, and commit both.")
    if output("git", "tag", "--list", f"v{version}"):
        raise NotReady(f"there is a tag v{version} already: a release is never made anew, take the next number.")
    if run(UV, "lock", "--check", "--quiet", checked=False):
        raise NotReady("uv.lock is not what pyproject.toml asks for: run `uv lock` and commit it.")
    changelog = Path("CHANGELOG.md").read_text(encoding="utf-8")
    entry = re.search(rf"^## {re.escape(version)} - (\S+)\n(.*?)(?=^## |\Z)", changelog, re.M | re.S)
    if not entry or not re.fullmatch(r"\d{4}-\d\d-\d\d", entry[1]) or not entry[2].strip():
        raise NotReady(f"CHANGELOG.md needs an entry `## {version} - <the day, as 2026-11-30>` that says what is new.")
    return entry[2].strip()


def build(version: str) -> Path:
    """The wheel, made from the sdist, so that both are known to be whole."""
    shutil.rmtree(DIST, ignore_errors=True)
    run(UV, "build", "--quiet", "--out-dir", str(DIST))
    return DIST / f"moteplassen-{version}-py3-none-any.whl"


def check_contents(wheel: Path) -> None:
    """Raises NotReady unless everything that lies in the packages is in the wheel, and nothing else of ours."""
    with zipfile.ZipFile(wheel) as archive:
        held = {name for name in archive.namelist() if ".dist-info/" not in name}
    wanted = set(output("git", "-c", "core.quotePath=false", "ls-files", "-z", *PACKAGES).split("\0")) - {""}
    if held != wanted:
        raise NotReady(
            f"the wheel lacks {sorted(wanted - held) or 'nothing'} and has {sorted(held - wanted) or 'nothing'} "
            "that git doesn't know: see [tool.hatch.build] in pyproject.toml."
        )


def check_start(wheel: Path) -> None:
    """Raises NotReady unless the wheel starts where there is nothing but it and the locked dependencies."""
    requirements = DIST / "requirements.txt"
    export = ("--locked", "--no-dev", "--no-emit-project", "--extra", "postgres", "--quiet")
    run(UV, "export", *export, "--output-file", str(requirements))
    with tempfile.TemporaryDirectory() as place:
        run(UV, "venv", "--quiet", f"{place}/venv")
        install = (UV, "pip", "install", "--quiet", "--python", f"{place}/venv/bin/python")
        run(*install, "--require-hashes", "--requirement", str(requirements))
        run(*install, "--no-deps", str(wheel))
        for name, text in {"sources.toml": SOURCES, "guide.md": GUIDE}.items():
            (Path(place) / name).write_text(text, encoding="utf-8")
        ask(Path(place))


def ask(place: Path) -> None:
    """Start what is installed there, and have its health."""
    program = place / "venv" / "bin" / "moteplassen"
    own = {"MOTEPLASSEN_DATA_DIR": str(place / "data"), "MOTEPLASSEN_SOURCES": str(place / "sources.toml")}
    env = {name: value for name, value in os.environ.items() if not name.startswith(("MOTEPLASSEN", "PYTHON"))} | own
    subprocess.run([program, "--help"], cwd=place, env=env, check=True, stdout=subprocess.DEVNULL)
    command = [program, "demo", "--port", "0"]
    with subprocess.Popen(command, cwd=place, env=env, stdout=subprocess.PIPE, text=True) as process:
        try:
            opened = next((line for line in process.stdout or () if " is open at " in line), "")
            found = re.search(r"http://\S+:\d+", opened)
            if not found:
                raise NotReady("the wheel does not start by itself: what it said is above.")
            await_health(found[0])
        finally:
            process.terminate()


def await_health(url: str) -> None:
    """Raises NotReady unless the server there is well, once it has had time to load what it needs."""
    deadline, said = time.monotonic() + PATIENCE, "nothing"
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(f"{url}/health", timeout=PATIENCE) as answer:
                answer.read()
                return
        except urllib.error.HTTPError as error:
            said = error.read().decode()
        time.sleep(1)
    raise NotReady(f"the wheel starts, but is not well: {said}")


def write_checksums() -> None:
    """Write dist/SHA256SUMS, which `sha256sum --check` reads."""
    files = sorted(file for file in DIST.iterdir() if file.suffix in {".whl", ".gz", ".txt"})
    lines = [f"{hashlib.sha256(file.read_bytes()).hexdigest()}  {file.name}\n" for file in files]
    (DIST / "SHA256SUMS").write_text("".join(lines), encoding="utf-8")


def output(*command: str) -> str:
    """What a command prints."""
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout


def run(*command: str, checked: bool = True) -> int:
    """Run a command; raises NotReady where it fails, unless that is an answer too."""
    if checked:
        print("==", *(Path(part).name if part == UV else part for part in command[:4]), flush=True)
    status = subprocess.run(command, check=False, stderr=None if checked else subprocess.DEVNULL).returncode
    if checked and status:
        raise NotReady(f"`{' '.join(command[:4])}` failed: mend what it says, and start again.")
    return status


if __name__ == "__main__":
    main()
