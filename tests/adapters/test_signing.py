"""Real signatures with keys made here; Sigstore's services are not asked."""

from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519

from clinft.adapters import signing
from clinft.errors import DigestMismatch, ServiceError, SpecError

PEM, PKCS8 = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8


def keys(folder: Path, name: str = "key", password: bytes | None = None) -> tuple[Path, Path]:
    """Private and public."""
    key = ec.generate_private_key(ec.SECP256R1())
    private, public = folder / f"{name}.pem", folder / f"{name}.pub.pem"
    how = serialization.BestAvailableEncryption(password) if password else serialization.NoEncryption()
    private.write_bytes(key.private_bytes(PEM, PKCS8, how))
    info = serialization.PublicFormat.SubjectPublicKeyInfo
    public.write_bytes(key.public_key().public_bytes(PEM, info))
    return private, public


def nobody() -> str:
    raise AssertionError("no password was needed")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "SHA256SUMS"
    path.write_text("0  x\n")
    return path


def test_what_was_signed_is_valid_and_nothing_else(file: Path, tmp_path: Path) -> None:
    private, public = keys(tmp_path)
    signature = tmp_path / "sig"
    signing.with_key(private, nobody)(file, signature)
    verify = signing.by_key(public)
    verify(file, signature)
    moved = tmp_path / "elsewhere" / "SHA256SUMS"
    moved.parent.mkdir()
    moved.write_bytes(file.read_bytes())
    verify(moved, signature)
    file.write_text("1  x\n")
    with pytest.raises(DigestMismatch, match="no valid signature"):
        verify(file, signature)


def test_any_changed_byte_of_the_signature_or_another_key_is_refused(file: Path, tmp_path: Path) -> None:
    private, public = keys(tmp_path)
    signature = tmp_path / "sig"
    signing.with_key(private, nobody)(file, signature)
    with pytest.raises(DigestMismatch):
        signing.by_key(keys(tmp_path, "other")[1])(file, signature)
    import base64
    import json

    bundle = json.loads(signature.read_bytes())
    signed = base64.b64decode(bundle["dsseEnvelope"]["payload"])
    bundle["dsseEnvelope"]["payload"] = base64.b64encode(signed.replace(b"files", b"filet")).decode()
    signature.write_text(json.dumps(bundle))
    with pytest.raises(DigestMismatch):
        signing.by_key(public)(file, signature)
    signature.write_bytes(b"no signature")
    with pytest.raises(DigestMismatch):
        signing.by_key(public)(file, signature)


def test_an_encrypted_key_asks_for_its_password(file: Path, tmp_path: Path) -> None:
    private, public = keys(tmp_path, password=b"pass word")
    signature = tmp_path / "sig"
    signing.with_key(private, lambda: "pass word")(file, signature)
    signing.by_key(public)(file, signature)
    with pytest.raises(SpecError, match="no private key") as refused:
        signing.with_key(private, lambda: "another")
    assert "another" not in str(refused.value)


def test_what_is_no_key_is_refused_and_not_quoted(file: Path, tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.pem"
    wrong.write_text("Zebulon")
    for use in (lambda: signing.with_key(wrong, nobody), lambda: signing.by_key(wrong)):
        with pytest.raises(SpecError, match="key that can be used") as refused:
            use()
        assert "Zebulon" not in str(refused.value)
    other = ed25519.Ed25519PrivateKey.generate()
    wrong.write_bytes(other.private_bytes(PEM, PKCS8, serialization.NoEncryption()))
    with pytest.raises(SpecError, match="elliptic curves"):
        signing.with_key(wrong, nobody)
    with pytest.raises(SpecError, match="no readable key"):
        signing.by_key(tmp_path / "missing.pem")


def test_without_a_workflow_keyless_says_what_is_missing(file: Path, tmp_path: Path) -> None:
    with pytest.raises(ServiceError, match="Sigstore did not sign"):
        signing.keyless()(file, tmp_path / "sig")
    assert not (tmp_path / "sig").exists()
