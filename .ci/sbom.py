"""Writes down what Møteplassen is made of, as CycloneDX: `sbom.py FILE`.

Every package of uv.lock, with its version, the hash of each file that may be installed of it, and its licence as the
installed package says. A package that is for other systems than this one is not installed: what no other source tells
offline of its licence is in `ELSEWHERE`.
"""

import datetime as dt
import json
import re
import shutil
import subprocess
import sys
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
EXPORT = ("export", "--format", "cyclonedx1.5", "--frozen", "--all-extras", "--all-groups", "--quiet")
ELSEWHERE = {"colorama": "BSD-3-Clause", "httpx2-jsfetch": "BSD-3-Clause"}
"""Licences of packages that are not installed on the systems that this is written on."""
UNSAID = {"axe-playwright-python": "MIT", "promql-parser": "MIT", "tiktoken": "MIT"}
"""Licences of packages whose metadata doesn't name one; each was read in the package's own licence file."""
_CLASSIFIER = "License :: OSI Approved :: "
_LONGEST = 100


def main() -> None:
    """Write it, or say which package has no licence."""
    bom = made()
    unknown = sorted(each["name"] for each in bom["components"] if not each.get("licenses"))
    if unknown:
        sys.exit(f"Nobody knows the licence of {', '.join(unknown)}: look it up, and add it to .ci/sbom.py.")
    file = Path(sys.argv[1])
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(bom, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    print(f"{len(bom['components'])} packages in {file}")


def made() -> dict[str, Any]:
    """What uv knows of them, and their licences."""
    uv = shutil.which("uv") or str(ROOT / ".uv" / "bin" / "uv")
    told = subprocess.run([uv, *EXPORT], cwd=ROOT, check=True, capture_output=True, text=True).stdout
    bom: dict[str, Any] = json.loads(told)
    bom["metadata"]["timestamp"] = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
    for component in bom["components"]:
        if found := licence(component["name"]):
            component["licenses"] = found
    return bom


def licence(name: str) -> list[dict[str, Any]]:
    """The package's licence as CycloneDX says it; nothing where nobody knows."""
    try:
        told = of(distribution(name)) or UNSAID.get(name, "")
    except PackageNotFoundError:
        told = ELSEWHERE.get(name, "")
    if not told:
        return []
    is_expression = re.fullmatch(r"[\w.+-]+(?: (?:AND|OR|WITH) [\w.+-]+)*", told) and re.search(r"\d|MIT|ISC", told)
    return [{"expression": told}] if is_expression else [{"license": {"name": told}}]


def of(package: Distribution) -> str:
    """What the installed package says: an expression, a classifier, or a short name in the old field."""
    told = package.metadata
    if expression := told.get("License-Expression"):
        return str(expression)
    named = [each.removeprefix(_CLASSIFIER) for each in told.get_all("Classifier", []) if each.startswith(_CLASSIFIER)]
    if named:
        return ", ".join(named)
    words = " ".join((told.get("License") or "").split())
    return words if words.upper() != "UNKNOWN" and len(words) <= _LONGEST else ""


if __name__ == "__main__":
    main()
