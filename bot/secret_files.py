"""Secrets that stand in files, as Docker, Kubernetes and systemd hand them over: one file for each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

FOLDER = "MOTEPLASSEN_SECRETS_DIR"
"""The variable that names a folder of such files."""


def read_secrets(
    names: Mapping[str, Sequence[str]], given: Mapping[str, object], environment: Mapping[str, str]
) -> dict[str, str]:
    """The secrets that files hold, by setting; `names` are the variables of each.

    A variable with _FILE at its end names the file; in the folder that MOTEPLASSEN_SECRETS_DIR names, files are called
    like variables, in capitals or not. What is `given` otherwise comes before what lies in the folder. Raises
    ValueError where a file can't be read or is empty, or where a variable names one and the secret is given, too.
    """
    folder = _folder(environment.get(FOLDER, ""))
    found = {}
    for setting, variables in names.items():
        is_given = any(given.get(each) for each in (setting, *variables))
        named = next((each for each in variables if environment.get(f"{each}_FILE")), "")
        if named and is_given:
            raise ValueError(f"{named} and {named}_FILE are both set; take one of them away")
        if named:
            found[setting] = _read(Path(environment[f"{named}_FILE"]), f"{named}_FILE")
        elif not is_given and (file := next((folder[each] for each in variables if each in folder), None)):
            found[setting] = _read(file, FOLDER)
    return found


def _folder(path: str) -> Mapping[str, Path]:
    try:
        return {file.name.upper(): file for file in Path(path).iterdir()} if path else {}
    except OSError as error:
        raise ValueError(f"{FOLDER}: can't read {path}: {error.strerror}") from error


def _read(file: Path, named_by: str) -> str:
    try:
        secret = file.read_text(encoding="utf-8").strip()
    except OSError as error:
        raise ValueError(f"{named_by}: can't read {file}: {error.strerror}") from error
    except UnicodeDecodeError:
        raise ValueError(f"{named_by}: {file} is no text") from None
    if not secret:
        raise ValueError(f"{named_by}: {file} is empty")
    return secret
