"""The whole of `clinft rescue`, in order. Nothing is paid before a person agreed, nothing is written before
that either, and the project's own files come last."""

from clinft.artifacts.canonical import digest_file
from clinft.artifacts.data import Message
from clinft.errors import DigestMismatch, PolicyViolation, SpecError
from clinft.pipeline import attempts
from clinft.pipeline.driver import timestamp
from clinft.pipeline.rescue import asking, cost, examples, old_model, project_files, splitting, writing
from clinft.pipeline.rescue.desk import Call, Data, Desk, Prepared, Rescued
from clinft.pipeline.rescue.journal import FOLDER, Journal
from clinft.pipeline.rescue.old_model import PROVIDER
from clinft.ports.models import HostedModel, LanguageModel
from clinft.run_folder import ProjectPaths
from clinft.spec.evaluation import RECORDED_FOLDER
from clinft.spec.load import SPEC_NAME
from clinft.stages.audit import file_audit

SEEN = (
    "WARNING: without --test the held-out records come from the training file, which the old model has seen: "
    "it may know them by heart, so the comparison favours it. Better bring records that it never saw."
)


def rescue(call: Call, desk: Desk) -> Rescued:
    paths = ProjectPaths(desk.repository / "projects" / call.project)
    _refuse_existing(paths)
    prepared = _prepared(call, desk)
    if _agreed(prepared, desk, paths):
        # Without a key it fails here, before there is a folder.
        _opened(prepared, desk)
    with attempts.project_lock(paths):
        _refuse_existing(paths)
        journal = _journal(prepared, paths)
        asked = _asked(prepared, desk, journal)
        return writing.write(paths, prepared, journal, desk.services, asked)


def _prepared(call: Call, desk: Desk) -> Prepared:
    today = desk.services.clock.now().date()
    model = old_model.parse(call.model)
    endpoint = old_model.endpoint_at(desk.policy, call.endpoint)
    old_model.refuse_unless_eligible(desk.policy, endpoint, today)
    for line in old_model.time_left(model, desk.look_up(endpoint, model.name, model.base), today):
        desk.say(line)
    data = _data(call, desk)
    rows = [row for split in data.divided.records.values() for row in split]
    lengths = cost.count(
        desk.services.models,
        model,
        [
            (*asking.question(data.system, row.text), Message(role="assistant", content=row.target))
            for row in rows
        ],
    )
    spec = project_files.spec_text(
        call.project, model, data.labels, len(rows), splitting.SEED, call.base_model, max(lengths)
    )
    prompt = project_files.prompt_text(data.system)
    loaded = project_files.checked(desk.repository, call.project, spec, prompt, call.base_model)
    longest = cost.longest_answer(desk.services.models, model, data.labels)
    return Prepared(model, endpoint, data, spec, prompt, loaded, longest)


def _refuse_existing(paths: ProjectPaths) -> None:
    """Answers of an earlier call, and files that it could not finish, are no project yet."""
    ours = {paths.data.name, paths.lock.name}
    if (paths.data / FOLDER).is_dir():
        ours |= {"prompt", "synthetic", RECORDED_FOLDER}
    there = {path.name for path in paths.root.iterdir()} if paths.root.is_dir() else set()
    if paths.root.is_symlink() or paths.root.is_file() or there - ours or (paths.root / SPEC_NAME).exists():
        raise SpecError(
            f"projects/{paths.root.name} exists already.",
            "A project is never overwritten.",
            "Choose another name with --project.",
        )


def _data(call: Call, desk: Desk) -> Data:
    files = [call.training] if call.test is None else [call.training, call.test]
    trained, held_out = examples.read(call.training, call.test)
    digests = {path: digest_file(path) for path in files}
    audited = file_audit.audit_files(files, desk.policy.audit, desk.services.progress)
    desk.show_audit(audited)
    if audited.verdict != "PASS":
        raise PolicyViolation(
            f"The audit said {audited.verdict}, so this data is not taken, and nothing of it was sent.",
            "The report above says why. Real patient data is never taken, de-identified data neither.",
            "Do not push or send it; if it is synthetic, correct the places named, and call again.",
        )
    if set(audited.files.values()) != set(digests.values()):
        raise DigestMismatch(
            "A file changed while it was read.", "Somebody or something wrote to it.", "Call again."
        )
    divided = splitting.divide(trained, held_out)
    _tell(desk, divided, seen=call.test is None)
    test_sha256 = None if call.test is None else digests[call.test]
    return Data(trained.system, trained.labels, divided, digests[call.training], test_sha256)


def _tell(desk: Desk, divided: splitting.Divided, seen: bool) -> None:
    desk.say(f"Records: {', '.join(f'{split} {len(rows):,}' for split, rows in divided.records.items())}.")
    if divided.contradicting:
        desk.say(
            f"{divided.contradicting} examples give the same text different labels; they stay in train, as "
            "the old model learned them, and measure nothing."
        )
    if divided.repeats:
        desk.say(f"{divided.repeats} repeats of a held-out text are asked and counted once.")
    if seen:
        desk.say(SEEN)


def _journal(prepared: Prepared, paths: ProjectPaths) -> Journal:
    return Journal(
        paths.data, prepared.model.name, prepared.endpoint, prepared.data.system, prepared.longest_answer
    )


def _agreed(prepared: Prepared, desk: Desk, paths: ProjectPaths) -> bool:
    """False: there is nothing to ask. PolicyViolation where the bound is too low or nobody agrees."""
    data, name = prepared.data, paths.root.name
    missing = set(_journal(prepared, paths).missing([row.text for row in data.test]))
    waiting = [row for row in data.test if row.text in missing]
    if not waiting:
        desk.say("Every answer is in the journal already: nothing is asked, and nothing paid.")
        return False
    found = cost.cost_of(
        desk.services.models,
        prepared.model,
        [asking.question(data.system, row.text) for row in waiting],
        [row.target for row in waiting],
        prepared.longest_answer,
        desk.services.clock.now().date(),
        desk.policy.budgets.max_price_age_days,
    )
    for line in found.lines():
        desk.say(line)
    cost.refuse_above(found, desk.policy.per_run_usd(name), name)
    if desk.agrees(found):
        return True
    most = f"at most {found.usd_at_most} USD" if found.certain else "a sum that is not known for certain"
    other = ", or on a terminal, where you are asked." if found.certain else "; nothing less will do here."
    raise PolicyViolation(
        f"Nobody agreed to what the answers cost, {most}; nothing was asked or written.",
        "Each held-out record is one paid question.",
        f"Call again with --yes{other}",
    )


def _opened(prepared: Prepared, desk: Desk) -> LanguageModel:
    """Nothing is asked yet."""
    return desk.services.models.open_hosted(HostedModel(PROVIDER, prepared.endpoint, prepared.model.name))


def _asked(prepared: Prepared, desk: Desk, journal: Journal) -> int:
    return asking.ask(
        [row.text for row in prepared.data.test],
        prepared.data.system,
        journal,
        lambda: _opened(prepared, desk),
        prepared.longest_answer,
        lambda: timestamp(desk.services.clock.now()),
        desk.services.progress,
    )
