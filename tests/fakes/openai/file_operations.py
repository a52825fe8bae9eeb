"""Files: kept byte for byte as they came."""

from typing import Any

from tests.fakes.openai.calls import Call, Handler, Reply, refused
from tests.fakes.openai.state import File, State

LARGEST_BYTES = 512 * 2**20


def render(state: State, file: File) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "object": "file",
        "id": file.id,
        "purpose": file.purpose,
        "filename": file.filename,
        "bytes": len(file.data),
        "created_at": file.created_at,
        "status": "uploaded" if file.unready_looks else "error" if file.refusal else "processed",
    }
    if file.refusal and not file.unready_looks:
        shown["status_details"] = file.refusal
    if file.expires_at is not None:
        shown["expires_at"] = file.expires_at
    return state.shown_file(shown)


def create(call: Call) -> Reply:
    state, upload = call.state, call.upload
    assert upload is not None, "the description requires a file"
    if not upload.data:
        raise refused(400, "File is empty.", "empty_file", "file")
    if len(upload.data) > LARGEST_BYTES:
        raise refused(413, "File is larger than 512 MB.", "file_too_large", "file")
    if call.body["purpose"] == "fine-tune" and not upload.filename.endswith(".jsonl"):
        message = "Invalid file format for Fine-Tuning API. Must be .jsonl"
        raise refused(400, message, "invalid_file_extension", "file")
    after = call.body.get("expires_after")
    expires_at = None if after is None else state.now() + after["seconds"]
    file = state.store(upload.data, upload.filename, call.body["purpose"], expires_at)
    file.unready_looks = state.unready_looks
    file.refusal = state.next_refusals.pop(0) if state.next_refusals else None
    state.uploads.append(file)
    return Reply(200, render(call.state, file))


def list_files(call: Call) -> Reply:
    state = call.state
    live = [one for one in state.files.values() if state.has_file(one.id)]
    wanted = call.query.get("purpose")
    found = [render(state, one) for one in live if wanted in (None, one.purpose)]
    if call.query.get("order", "desc") == "desc":
        found.reverse()
    page = call.page(found, default=10_000)
    ids = [one["id"] for one in page["data"]] or [""]
    return Reply(200, {**page, "first_id": ids[0], "last_id": ids[-1]})


def retrieve(call: Call) -> Reply:
    file = _file(call)
    file.unready_looks = max(0, file.unready_looks - 1)
    return Reply(200, render(call.state, file))


def delete(call: Call) -> Reply:
    file = _file(call)
    del call.state.files[file.id]
    return Reply(200, {"object": "file", "id": file.id, "deleted": True})


def content(call: Call) -> Reply:
    return Reply(200, _file(call).data)


def _file(call: Call) -> File:
    return call.state.file(call.path["file_id"])


OPERATIONS: dict[str, Handler] = {
    "createFile": create,
    "listFiles": list_files,
    "retrieveFile": retrieve,
    "deleteFile": delete,
    "downloadFile": content,
}
