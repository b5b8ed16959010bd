"""Looks whether anything is known to be wrong with the packages of uv.lock: `audit.py [--required] [uv's options]`.

The advisories are OSV's, which is no package registry: where it can't be reached, that is said, and is no mistake
unless the audit is `--required`. A finding is one always (exit status 1).
"""

import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
COMMAND = ("audit", "--frozen", "--preview-features", "audit-command")
_FOUND = 1
_AWAY = "error sending request"


def main() -> None:
    """Look."""
    options = [each for each in sys.argv[1:] if each != "--required"]
    uv = shutil.which("uv") or str(ROOT / ".uv" / "bin" / "uv")
    done = subprocess.run([uv, *COMMAND, *options], cwd=ROOT, check=False, capture_output=True, text=True)
    print(done.stdout, done.stderr, sep="", end="", file=sys.stderr if done.returncode else sys.stdout)
    if done.returncode in {0, _FOUND} or _AWAY not in done.stderr:
        sys.exit(done.returncode)
    print("NOT AUDITED: the advisories of OSV (https://api.osv.dev) can't be reached from here.", file=sys.stderr)
    sys.exit(done.returncode if "--required" in sys.argv else 0)


if __name__ == "__main__":
    main()
