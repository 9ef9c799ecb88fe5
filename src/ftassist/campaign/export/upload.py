"""Uploads an export to the Hugging Face Hub: private unless asked otherwise, in one commit.

Only what an export's folder holds is sent, and only of exports that were scored again. The key is
the Hub library's own business (`hf auth login` or HF_TOKEN); it is neither asked for nor written.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ftassist import hub_reach
from ftassist.campaign.export.licences import inherited
from ftassist.errors import FtassistError, UnknownNameError
from ftassist.files import read_json

if TYPE_CHECKING:
    from ftassist.campaign.campaign import Campaign

_REPOSITORY = re.compile(r"[A-Za-z0-9][\w.-]{0,95}/[A-Za-z0-9][\w.-]{0,95}")


@dataclass(frozen=True)
class UploadPlan:
    """What an upload will do.

    Attributes:
        folder: The export.
        repository: Where to, as `owner/name`.
        private: Whether the repository is to be private.
        files: Bytes by path below the folder.
        terms: What the licence asks of whoever passes the model on; "" for nothing.
        warnings: What a person should know before, a sentence each.
    """

    folder: Path
    repository: str
    private: bool
    files: dict[str, int]
    terms: str
    warnings: tuple[str, ...]

    def lines(self) -> list[str]:
        """The plan as a person reads it."""
        total = sum(self.files.values())
        sight = "private" if self.private else "PUBLIC"
        return [
            f"{self.folder.name} to {hub_reach.endpoint()}/{self.repository} ({sight})",
            *(f"{size:>14,}  {name}" for name, size in self.files.items()),
            f"{total:>14,}  bytes in {len(self.files)} files, in one commit",
            *self.warnings,
            *([self.terms] if self.terms else []),
        ]


def plan(campaign: Campaign, name: str, repository: str, *, public: bool = False) -> UploadPlan:
    """What an upload of an export would do; asks no network.

    Args:
        name: The export, such as `t0007-merged`.
        repository: Where to, as `owner/name`.
        public: Whether everybody may see it.

    Raises:
        UnknownNameError: There is no such export.
        FtassistError: It was not scored again, holds a link, or the repository is no name.
    """
    if not _REPOSITORY.fullmatch(repository):
        raise FtassistError(
            f"{repository!r} is no repository of the Hub",
            fix="name it as owner/name, such as ada/sums-by-heart",
        )
    folder = _folder(campaign, name)
    export = _export(folder)
    warnings = []
    if export["forced"]:
        warnings.append("it does not behave as it was scored; its card says how")
    return UploadPlan(
        folder,
        repository,
        not public,
        _files(folder),
        inherited(campaign).terms,
        tuple(warnings),
    )


def push(planned: UploadPlan, *, agreed: Callable[[str], bool]) -> str:
    """Uploads an export; the address of its commit.

    Args:
        planned: What is to be done.
        agreed: Asked with the licence's terms, where it has any; False ends it.

    Raises:
        FtassistError: The terms were not agreed to, the repository is public and must not be, or
            the Hub refuses.
    """
    if planned.terms and not agreed(planned.terms):
        raise FtassistError(
            "the licence's terms were not agreed to, so nothing was uploaded",
            where=planned.folder.name,
            fix="read them, then say so with --accept-terms",
        )
    from huggingface_hub import CommitOperationAdd, HfApi
    from huggingface_hub.errors import HfHubHTTPError

    api = HfApi(endpoint=hub_reach.endpoint())
    try:
        api.create_repo(planned.repository, private=planned.private, exist_ok=True)
        if planned.private and not api.model_info(planned.repository).private:
            raise FtassistError(
                f"the repository {planned.repository} exists and is public",
                where=hub_reach.endpoint(),
                fix="name another one, or say --public if everybody may see this",
            )
        sent = api.create_commit(
            planned.repository,
            [
                CommitOperationAdd(path_in_repo=name, path_or_fileobj=planned.folder / name)
                for name in planned.files
            ],
            commit_message=f"{planned.folder.name}, exported and scored again by ftassist",
        )
    except (HfHubHTTPError, OSError, ValueError) as error:
        raise _refused(planned, error) from error
    return str(sent.commit_url)


def _folder(campaign: Campaign, name: str) -> Path:
    exports = campaign.folder / "exports"
    known = sorted(p.name for p in exports.glob("*") if p.is_dir() and p.name[0] != ".")
    if name not in known:
        raise UnknownNameError.of("export", name, known)
    return exports / name


def _export(folder: Path) -> dict[str, Any]:
    """What is on record of an export that was scored again."""
    path = folder / "ftassist.json"
    found = read_json(path).get("export") if path.is_file() else None
    if not isinstance(found, dict):
        raise FtassistError(
            f"{folder.name} is a copy of the trial's files that was not scored again",
            where=str(folder),
            fix=f"export it in a form that is: `ftassist export {folder.name} --as merged`",
        )
    return found


def _files(folder: Path) -> dict[str, int]:
    found: dict[str, int] = {}
    for path in sorted(folder.rglob("*")):
        if path.is_symlink():
            raise FtassistError(
                f"the export holds a link, {path.name}",
                where=str(path),
                fix="export it again; links are never followed",
            )
        if path.is_file():
            found[path.relative_to(folder).as_posix()] = path.stat().st_size
    return found


def _refused(planned: UploadPlan, error: Exception) -> FtassistError:
    status = getattr(getattr(error, "response", None), "status_code", None)
    first = (str(error).strip().splitlines() or [type(error).__name__])[0][:300]
    fixes = {
        401: "log in with `hf auth login`, or set HF_TOKEN where ftassist runs",
        403: "use a key that may write to this owner's repositories",
    }
    return FtassistError(
        f"the Hub refuses the upload: {first}",
        where=f"{hub_reach.endpoint()}/{planned.repository}",
        fix=fixes.get(status or 0, "look whether the Hub can be reached, then push again"),
    )
