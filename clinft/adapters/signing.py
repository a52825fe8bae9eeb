"""Signatures by OpenSSF model-signing: with a key of one's own, or with the identity of a workflow.

A signature is a Sigstore bundle around an in-toto statement that names the file's sha256. With a key, signing
and checking work offline; with an identity both ask Sigstore's public services, and the log there shows the
repository's name to everybody.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from clinft.errors import DigestMismatch, MissingExtra, ServiceError, SpecError

ENCRYPTED = b"ENCRYPTED"
# Writes the signature (second) of the file (first).
Sign = Callable[[Path, Path], None]
# Raises DigestMismatch where the signature (second) is not one of the file (first).
Verify = Callable[[Path, Path], None]


@dataclass(frozen=True)
class Identity:
    """Whose workflow signed, e.g. https://github.com/o/r/.github/workflows/report.yml@refs/heads/main."""

    identity: str
    issuer: str


def with_key(key: Path, ask_password: Callable[[], str]) -> Sign:
    """`key`: a PEM file of a private key on P-256, P-384 or P-521. SpecError for any other."""
    signing = _module("signing")
    # The library takes the password as bytes, whatever its annotation says.
    password: Any = ask_password().encode() if ENCRYPTED in _bytes_of(key) else None
    try:
        config = signing.Config().use_elliptic_key_signer(private_key=key, password=password)
    except Exception:  # cryptography raises many kinds, and their texts may quote the key
        raise _no_key(key, "private") from None
    sign: Sign = config.sign
    return sign


def keyless() -> Sign:
    """With the credentials of the workflow that calls (`id-token: write`). ServiceError without them."""
    signing = _module("signing")

    def sign(file: Path, signature: Path) -> None:
        try:
            config = signing.Config().use_sigstore_signer(use_ambient_credentials=True)
            config.sign(file, signature)
        except Exception:  # of many libraries below; their texts may quote the token
            raise ServiceError(
                "Sigstore did not sign.",
                "This is no workflow with the permission id-token: write, or Sigstore cannot be reached.",
                "Give the job that permission, or sign with a key: --key FILE.",
            ) from None

    return sign


def by_key(key: Path) -> Verify:
    verifying = _module("verifying")
    _bytes_of(key)
    try:
        config = verifying.Config().use_elliptic_key_verifier(public_key=key)
    except Exception:  # as above
        raise _no_key(key, "public") from None
    return _checking(config.verify)


def by_identity(who: Identity) -> Verify:
    verifying = _module("verifying")
    try:
        config = verifying.Config().use_sigstore_verifier(identity=who.identity, oidc_issuer=who.issuer)
    except Exception:  # of the network and of TUF
        raise ServiceError(
            "Sigstore's roots of trust cannot be had.",
            "They are fetched once, and there is no network here.",
            "Call again with a network, or check a signature by key: --public-key FILE.",
        ) from None
    return _checking(config.verify)


def _checking(verify: Verify) -> Verify:
    def checked(file: Path, signature: Path) -> None:
        try:
            verify(file, signature)
        except Exception:  # whatever is wrong with it, it vouches for nothing
            raise DigestMismatch(
                "It is no valid signature of this file by that signer.",
                "The file or the signature was changed, or somebody else signed.",
                "Ask its owner for the public key, or for the identity, once more.",
            ) from None

    return checked


def _bytes_of(key: Path) -> bytes:
    try:
        return key.read_bytes()
    except OSError:
        raise _no_key(key, "readable") from None


def _module(name: str) -> Any:
    import importlib

    try:
        return importlib.import_module(f"model_signing.{name}")
    except ImportError:
        raise MissingExtra("signing", "Signing evidence, and checking a signature,") from None


def _no_key(key: Path, kind: str) -> SpecError:
    return SpecError(
        f"{key} is no {kind} key that can be used.",
        "model-signing takes PEM files of elliptic curves: P-256, P-384 or P-521.",
        "Make one: openssl ecparam -name prime256v1 -genkey -noout -out key.pem; "
        "openssl ec -in key.pem -pubout -out key.pub.pem",
    )
