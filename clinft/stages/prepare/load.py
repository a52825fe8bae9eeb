"""Domain packs of version 1: found by name, parsed strictly, digested."""

from functools import cache

from clinft.errors import SpecError
from clinft.spec import yaml
from clinft.spec.messages import problem, validated
from clinft.stages.prepare.domains import find, names
from clinft.stages.prepare.pack import DomainPack

PACK_VERSION = 1


def domains() -> tuple[str, ...]:
    return names(version=PACK_VERSION)


@cache
def load_pack(domain: str) -> DomainPack:
    """SpecError for an unknown domain, or with every problem of a broken pack."""
    file = find(domain)
    return parse_pack(file.text, file.path)


def parse_pack(text: bytes, path: str) -> DomainPack:
    document = yaml.parse(text, path)
    pack, errors = validated(DomainPack, document.value)
    if pack is None or errors:
        raise SpecError(
            f"{path} is not a valid domain pack.",
            problems=tuple(problem(document, DomainPack, error) for error in errors),
        )
    return pack
