"""A private repository of a Hugging Face hub, by its own client; it holds exactly the files of one folder."""

import hashlib
import warnings
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import urlsplit

from pydantic import ValidationError

from clinft.adapters.registries.kept_to import kept_to
from clinft.artifacts.canonical import digest_file
from clinft.artifacts.handover import MANIFEST, SUMS, HandOver, measured_as
from clinft.errors import ClinftError, MissingExtra, PolicyViolation, ServiceError, SpecError
from clinft.ports.handover import Pushed
from clinft.run_folder import to_bytes
from clinft.spec.registries import Registry as Place

BRANCH = "main"
# The hub's own, about which files are large.
ITS_OWN = (".gitattributes",)
# What says how far the model is from what was evaluated, and that file's digest.
MEASURED = {MANIFEST, SUMS}


class HuggingFaceHub:
    def __init__(self, place: Place, key_of: Callable[[str], str | None]) -> None:
        self._url, self._host = place.url, urlsplit(place.url).netloc
        self._key_of = key_of

    def ready(self) -> None:
        self._client()

    def push(self, repository: str, folder: Path, tag: str) -> Pushed:
        hub, api = self._client()
        with _named(repository), kept_to(self._url):
            _make(hub, api, repository)
            before = api.model_info(repository, files_metadata=True)
            _refuse_readable(before, repository)
            _refuse_moved(before, repository)
            other = _differing(before, folder)
            changed = bool(other) and not (
                other == MEASURED and _as_measured(api, repository, before, folder)
            )
            revision = str(before.sha)
            if changed:
                revision = _commit(hub, api, repository, before, folder, f"{tag}: as clinft export wrote it")
                after = api.model_info(repository, files_metadata=True)
                _refuse_readable(after, repository)
                if str(after.sha) != revision or _differing(after, folder):
                    raise ServiceError(
                        f"{repository} does not hold what was pushed.",
                        "Somebody else pushed at the same time, or the hub left files out.",
                        "Look at its history, then call again.",
                    )
            _tag(hub, api, repository, tag, revision)
        return Pushed(f"{self._url.rstrip('/')}/{repository}", revision, changed)

    def _client(self) -> tuple[Any, Any]:
        token = self._key_of(self._host)
        if token is None:
            raise SpecError(
                f"There is no token for {self._host}.",
                "A registry's token lies in CLINFT_REGISTRY_KEYS, a line with host and token; on a laptop "
                "HF_TOKEN counts for huggingface.co.",
                "Make a token that may write to this one organisation, and put it there.",
            )
        try:
            import huggingface_hub as hub
            import huggingface_hub.errors
            from huggingface_hub.utils import logging
            from huggingface_hub.utils.tqdm import disable_progress_bars
        except ImportError:
            raise MissingExtra("train", "Pushing to a Hugging Face hub") from None
        logging.set_verbosity(40)  # of the standard library: errors alone
        disable_progress_bars()
        return hub, hub.HfApi(endpoint=self._url.rstrip("/"), token=token, library_name="clinft")


def _make(hub: Any, api: Any, repository: str) -> None:
    """Private from its first moment; one that exists stays as it is."""
    try:
        api.model_info(repository)
    except hub.errors.RepositoryNotFoundError:
        api.create_repo(repository, private=True, exist_ok=True)


def _refuse_readable(info: Any, repository: str) -> None:
    if info.private is not True:
        raise PolicyViolation(
            f"{repository} is not private, so nothing is pushed to it.",
            "Anybody could read the model there; whether that may be is decided elsewhere, by people.",
            "Make the repository private on its page, or let clinft make another one.",
        )


def _there(info: Any) -> dict[str, Any]:
    return {one.rfilename: one for one in info.siblings or () if one.rfilename not in ITS_OWN}


def _differing(info: Any, folder: Path) -> set[str]:
    """Files that only one of the two has, or that are not byte for byte the same."""
    there, here = _there(info), {path.name: path for path in folder.iterdir()}
    both = there.keys() & here.keys()
    return (there.keys() ^ here.keys()) | {name for name in both if not _same(there[name], here[name])}


def _as_measured(api: Any, repository: str, info: Any, folder: Path) -> bool:
    """Whether nothing differs but figures that another machine measured of the same files.

    A commit for them would move the run's tag, and nobody would get another model.
    """
    there = _there(info)
    if not there.keys() >= MEASURED or there[MANIFEST].lfs is not None:
        return False
    with TemporaryDirectory(prefix="clinft-push-") as own:
        got = Path(api.hf_hub_download(repository, MANIFEST, revision=info.sha, local_dir=own))
        try:
            said = HandOver.model_validate_json(got.read_bytes())
            made = HandOver.model_validate_json((folder / MANIFEST).read_bytes())
        except ValidationError:
            return False
        got.write_bytes(to_bytes(measured_as(made, said)))
        sums = (folder / SUMS).read_text().replace(digest_file(folder / MANIFEST), digest_file(got))
        Path(own, SUMS).write_bytes(sums.encode())
        return all(_same(there[name], Path(own, name)) for name in MEASURED)


def _same(one: Any, path: Path) -> bool:
    if one.size is not None and one.size != path.stat().st_size:
        return False
    if one.lfs is not None:
        return bool(one.lfs.sha256 == digest_file(path))
    data = path.read_bytes()
    # Small files are plain blobs of git, known by git's digest.
    blob = hashlib.sha1(b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest()
    return bool(one.blob_id == blob)


def _refuse_moved(found: Any, repository: str) -> None:
    """A hub leads on from a repository that was renamed or given away, to wherever it is now."""
    if str(found.id).casefold() != repository.casefold():
        raise ServiceError(
            f"{repository} is another repository by now.",
            "It was renamed or given away, and the hub leads on to its new place.",
            "Name a place in `registries` of .github/clinft.yml that is your organisation's own.",
        )


def _commit(hub: Any, api: Any, repository: str, before: Any, folder: Path, message: str) -> str:
    """In one commit on top of `before`; refused by the hub where somebody was faster."""
    kept = {path.name for path in folder.iterdir()}
    gone = [one.rfilename for one in before.siblings or () if one.rfilename not in {*kept, *ITS_OWN}]
    with ExitStack() as opened:
        # An open file goes by the plain LFS protocol, to hosts that the hub names.
        operations = [
            hub.CommitOperationAdd(name, opened.enter_context((folder / name).open("rb")))
            for name in sorted(kept)
        ]
        operations += [hub.CommitOperationDelete(name, is_folder=False) for name in gone]
        done = api.create_commit(
            repository, operations, commit_message=message, revision=BRANCH, parent_commit=before.sha
        )
    return str(done.oid)


def _tag(hub: Any, api: Any, repository: str, tag: str, revision: str) -> None:
    """The tag names the run; it is moved where another form of evidence was pushed for the same run."""
    there = next((one for one in api.list_repo_refs(repository).tags if one.name == tag), None)
    if there is not None and there.target_commit == revision:
        return
    if there is not None:
        api.delete_tag(repository, tag=tag)
    api.create_tag(repository, tag=tag, revision=revision)


@contextmanager
def _named(repository: str) -> Iterator[None]:
    """Its client's errors quote addresses and answers; only their kind and status go on."""
    try:
        with warnings.catch_warnings():
            # huggingface_hub 2.4 hands its HTTP client a file in a way that has a new name.
            warnings.simplefilter("ignore", DeprecationWarning)
            yield
    except ClinftError:
        raise
    except Exception as error:  # huggingface_hub, httpx and the LFS upload each raise their own
        if (ours := _ours(error)) is not None:
            raise ours from None
        status = _status(error)
        told = type(error).__name__ if status is None else f"status {status}"
        raise ServiceError(
            f"The hub did not take {repository} ({told}).",
            "The token may not write there, somebody pushed at the same time, or there is no network.",
            "Check the token's rights on this organisation, and call again: what is there is not sent twice.",
        ) from None


def _ours(error: BaseException | None) -> ClinftError | None:
    """What stopped an upload, which wraps it."""
    while error is not None and not isinstance(error, ClinftError):
        error = error.__cause__
    return error


def _status(error: BaseException | None) -> int | None:
    """Of the answer that led to the error; an upload that failed wraps what its client raised."""
    while error is not None:
        status = getattr(getattr(error, "response", None), "status_code", None)
        if isinstance(status, int):
            return status
        error = error.__cause__
    return None
