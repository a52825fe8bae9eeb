"""Domain packs on disk: found by name, parsed strictly, digested."""

from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable

from clinft.artifacts.canonical import digest_bytes, digest_json
from clinft.errors import SpecError
from clinft.spec import yaml
from clinft.spec.messages import problem, validated
from clinft.stages.prepare.pack import DomainPack

SUFFIX = ".yaml"


def _folder() -> Traversable:
    return resources.files("clinft") / "tables" / "domains"


def domains() -> tuple[str, ...]:
    return tuple(sorted(entry.name.removesuffix(SUFFIX) for entry in _packs()))


def packs_digest() -> str:
    """sha256 over the packs: a change of any is a change of prepare's inputs."""
    return digest_json({entry.name: digest_bytes(entry.read_bytes()) for entry in _packs()})


@cache
def load_pack(domain: str) -> DomainPack:
    """SpecError for an unknown domain, or with every problem of a broken pack."""
    if domain not in domains():
        raise SpecError(
            "`clinical_domain` names no domain pack.",
            f"There are: {', '.join(domains())}.",
            "Choose one of them, or add a pack to clinft/tables/domains/.",
        )
    name = domain + SUFFIX
    return parse_pack((_folder() / name).read_bytes(), f"clinft/tables/domains/{name}")


def parse_pack(text: bytes, path: str) -> DomainPack:
    document = yaml.parse(text, path)
    pack, errors = validated(DomainPack, document.value)
    if pack is None or errors:
        raise SpecError(
            f"{path} is not a valid domain pack.",
            problems=tuple(problem(document, DomainPack, error) for error in errors),
        )
    return pack


def _packs() -> list[Traversable]:
    return [entry for entry in _folder().iterdir() if entry.name.endswith(SUFFIX)]
