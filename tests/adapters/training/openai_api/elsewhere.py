"""A server that is not the service: it redirects, breaks off, or speaks TLS with a certificate of its own."""

import datetime
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from ipaddress import ip_address
from pathlib import Path
from typing import Any


class Answering(BaseHTTPRequestHandler):
    status, headers_out, body = 200, (("Content-Type", "text/html"),), b"<html>Welcome</html>"
    seen: list[dict[str, str]]

    def answer(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.seen.append({name.lower(): value for name, value in self.headers.items()})
        self.send_response(self.status)
        for name, value in self.headers_out:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(self.body)))
        self.end_headers()
        self.wfile.write(self.body)

    do_GET = do_POST = do_DELETE = do_PUT = answer  # noqa: N815  # http.server looks for these names

    def log_message(self, *_: object) -> None:
        pass


def _silent(request: Any, client_address: Any) -> None:
    pass


@contextmanager
def answering(
    status: int = 200,
    headers: tuple[tuple[str, str], ...] = (("Content-Type", "text/html"),),
    body: bytes = b"<html>Welcome</html>",
    certificate: Path | None = None,
) -> Iterator[tuple[str, list[dict[str, str]]]]:
    """Its host with its port, and the headers of every request that came."""
    seen: list[dict[str, str]] = []
    kind = type("Kind", (Answering,), {"status": status, "headers_out": headers, "body": body, "seen": seen})
    server = HTTPServer(("127.0.0.1", 0), kind)
    # A client that does not trust us hangs up; that is no news.
    server.handle_error = _silent  # type: ignore[method-assign]  # of this one server
    if certificate is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    try:
        yield f"127.0.0.1:{server.server_port}", seen
    finally:
        server.shutdown()
        server.server_close()


def self_signed(path: Path) -> Path:
    """Key and certificate for 127.0.0.1 in one file; nobody vouches for it."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    path.write_bytes(private + certificate.public_bytes(serialization.Encoding.PEM))
    return path
