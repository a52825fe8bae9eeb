"""`clinft evidence`: one run as a folder that an auditor checks offline, and that check."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from clinft.cli import show
from clinft.cli.boundary import guarded
from clinft.errors import EXIT_NO, SpecError

if TYPE_CHECKING:
    from clinft.adapters.signing import Sign, Verify
    from clinft.pipeline.evidence.checking import Checked

Run = Annotated[
    str | None, typer.Argument(metavar="[RUN]", help="projects/<name>/runs/<run_id>, or the id alone.")
]
Out = Annotated[Path | None, typer.Option("--out", metavar="DIR", help="A folder that does not exist yet.")]
Zip = Annotated[bool, typer.Option("--zip", help="Beside it the same as a zip, of reproducible bytes.")]
Key = Annotated[
    Path | None, typer.Option("--key", metavar="FILE", help="Sign with this private key (PEM, P-256).")
]
Keyless = Annotated[
    bool, typer.Option("--keyless", help="In Actions: sign by Sigstore; its public log shows who and where.")
]
Verifying = Annotated[
    Path | None, typer.Option("--verify", metavar="DIR|ZIP", help="Check evidence instead of packing it.")
]
PublicKey = Annotated[
    Path | None, typer.Option("--public-key", metavar="FILE", help="With --verify: the signer's public key.")
]
Who = Annotated[
    str | None, typer.Option("--identity", metavar="TEXT", help="With --verify: who signed by Sigstore.")
]
Issuer = Annotated[str | None, typer.Option("--issuer", metavar="URL", help="With --identity: who says so.")]
Json = Annotated[bool, typer.Option("--json", help="With --verify: print each link as a line of JSON.")]


def register(app: typer.Typer) -> None:
    @app.command(
        "evidence",
        help="Pack a run's evidence for an auditor: files, digests, in-toto statement; or check it.",
    )
    @guarded
    def evidence(
        run: Run = None,
        out: Out = None,
        zip_: Zip = False,
        key: Key = None,
        keyless: Keyless = False,
        verify: Verifying = None,
        public_key: PublicKey = None,
        identity: Who = None,
        issuer: Issuer = None,
        json: Json = False,
    ) -> None:
        packing = (out is not None, zip_, key is not None, keyless)
        checking = (public_key is not None, identity is not None, issuer is not None, json)
        if (run is None) is (verify is None) or any(checking if verify is None else packing):
            raise SpecError(
                "Name a run to pack, or evidence to check; not both.",
                "--out, --zip, --key and --keyless go with a run; "
                "--public-key, --identity, --issuer and --json go with --verify.",
                "E.g. clinft evidence projects/x/runs/<run_id> --zip, or clinft evidence --verify x.zip",
            )
        if verify is not None:
            _check(verify, _verifier(public_key, identity, issuer), json)
        elif run is not None:
            _pack(run, out, zip_, _signer(key, keyless))


def _pack(named: str, out: Path | None, zipped: bool, sign: Sign | None) -> None:
    from clinft import wiring
    from clinft.pipeline.evidence import archive, layout
    from clinft.pipeline.evidence.packing import pack
    from clinft.pipeline.found_run import found_run

    screen = show.Screen(json=False)
    run = found_run(named, Path.cwd())
    folder = out or Path(f"evidence-{run.name}")
    target = folder.with_name(f"{folder.name}.zip")
    if zipped and target.exists():
        raise SpecError(
            f"{target} exists already.", "It may be evidence that was sent.", "Move it, or use --out."
        )
    policy = wiring.find_repository(run.parents[1]) / wiring.POLICY
    left_out = pack(run, policy, folder, wiring.progress_of(screen.console))
    if sign is not None:
        sign(folder / layout.SUMS, folder / layout.SIGNATURE)
    if zipped:
        archive.write_zip(folder, target)
        screen.say(f"wrote {target}")
    screen.say(f"wrote {folder}: {layout.GUIDE} in it says how to check it")
    for sentence in left_out:
        screen.say(sentence)
    if sign is None:
        screen.say("It is not signed: --key FILE signs it, or --keyless in Actions.")
    screen.say(f"Check it: clinft evidence --verify {target if zipped else folder}")


def _check(path: Path, verifier: Verify | None, json: bool) -> None:
    from clinft import wiring
    from clinft.pipeline.evidence.checking import check

    checked: Checked = check(path, verifier, wiring.progress_of(show.console(to_stderr=json)))
    show.verification(checked.links, json=json)
    if not checked.holds:
        raise typer.Exit(EXIT_NO)


def _signer(key: Path | None, keyless: bool) -> Sign | None:
    from clinft.adapters import signing

    if key is not None and keyless:
        raise SpecError(
            "--key and --keyless were given together.", "One signature is made.", "Pass one of them."
        )
    if key is not None:
        return signing.with_key(
            key, lambda: str(typer.prompt("Password of the key", hide_input=True, err=True))
        )
    return signing.keyless() if keyless else None


def _verifier(public_key: Path | None, identity: str | None, issuer: str | None) -> Verify | None:
    from clinft.adapters import signing

    if (identity is None) is not (issuer is None) or (public_key is not None and identity is not None):
        raise SpecError(
            "A signature is checked by --public-key, or by --identity with --issuer.",
            "One of them is missing, or both ways were named.",
            "For a workflow: --identity "
            "https://github.com/OWNER/REPOSITORY/.github/workflows/FILE@refs/heads/main --issuer https://token.actions.githubusercontent.com",
        )
    if public_key is not None:
        return signing.by_key(public_key)
    return (
        None
        if identity is None or issuer is None
        else signing.by_identity(signing.Identity(identity, issuer))
    )
