"""What a zip may hold that no bundle does: names, and entries."""

from typing import Any

from tests.fakes.zips import DEFLATED, REGULAR, deflated

LINK, DEVICE, FOLDER = 0o120777 << 16, 0o020666 << 16, 0o040755 << 16
# A deflate block of one stored byte that is not the last one: RFC 1951, section 3.2.4.
UNFINISHED = b"\x00\x01\x00\xfe\xffx"
# Foreign text, which must appear in no message.
SECRET = "Zebulon-Quackenbush"
# Name of an entry that lies beside a whole and valid bundle, and why it is no evidence.
STRANGE_NAMES = {
    b"/etc/passwd": "absolute",
    b"../gate.json": "outside",
    b"plots/../../gate.json": "outside, further in",
    b"./gate.json": "a dot segment",
    b"a//b.json": "an empty segment",
    b"": "no name",
    b"..\\gate.json": "Windows' separator",
    b"C:gate.json": "a drive",
    b"C:\\gate.json": "a drive and a separator",
    b"\\\\host\\share\\gate.json": "a share",
    b"gate.json:stream": "a stream of NTFS",
    b".gate.json": "hidden",
    b".git/config": "git's own",
    b".github/workflows/train.yml": "a workflow",
    b"gate.json\x00.txt": "zipfile cuts the name at the NUL",
    b"gate\n.json": "a control character",
    b"gate.json ": "Windows drops the space",
    b"gate.json.": "Windows drops the dot",
    b"GATE.JSON": "the same file where case does not count",
    "ɡate.json".encode(): "looks like another name",
    "gate.json\u200b".encode(): "an invisible character",
    b"\xff\xfe": "no UTF-8, under an old code page",
    b"data/records/train.jsonl": "records",
    b"data/": "a folder",
    b"plots/": "a folder that nothing in the bundle lies in",
    b"record.json": "the record is sealed by the job that commits",
    b"status/01.json": "the status is told by the job that commits",
    b"regress.json": "the verdict is made by the job that commits",
    b"report.md": "the report is made by the job that commits",
    b"plots/loss.svg": "plots are drawn by the job that commits",
    f"{SECRET}.json".encode(): "foreign text, which must not be shown",
}
# One entry of a valid bundle is replaced.
STRANGE_ENTRIES: dict[str, tuple[dict[str, Any], str]] = {
    "a link": ({"attributes": LINK, "data": b"/etc/passwd"}, "not a regular file"),
    "a device": ({"attributes": DEVICE}, "not a regular file"),
    "a folder by its mode": ({"attributes": FOLDER}, "not a regular file"),
    "a folder by MS-DOS": ({"attributes": REGULAR | 0x10}, "not a regular file"),
    "a reparse point of Windows": ({"attributes": 0x400}, "not a regular file"),
    "encrypted": ({"flags": 0x1}, "encrypted"),
    "strongly encrypted": ({"flags": 0x41}, "encrypted"),
    "a masked header": ({"flags": 0x2000}, "encrypted"),
    "a patch": ({"flags": 0x20}, "encrypted or patched"),
    "bzip2": ({"method": 12}, "compressed in another way"),
    "a method nobody knows": ({"method": 99}, "compressed in another way"),
    "two names": ({"local_name": b"audit.jso"}, "has two names"),
    "one name longer than the other": ({"local_name": b"gate.json/../x"}, "has two names"),
    "more bytes than told": ({"size": 1}, "is damaged"),
    "fewer bytes than told": ({"size": 10**6}, "is damaged"),
    "no deflate stream": ({"method": DEFLATED, "raw": b"\xff" * 9}, "is damaged"),
    "a stream cut off": ({"method": DEFLATED, "raw": deflated(b"x" * 999)[:-3]}, "is damaged"),
    "a stream without its end": ({"method": DEFLATED, "data": b"x", "raw": UNFINISHED}, "is damaged"),
    "bytes after the stream": (
        {"method": DEFLATED, "data": b"x", "raw": deflated(b"x") + b"hidden"},
        "is damaged",
    ),
    "another's bytes": ({"at": 0}, "has two names"),
    "other content": ({"data": b"{}"}, "is not the file that its bundle.json lists"),
    "no content": ({"data": b""}, "is not the file that its bundle.json lists"),
}
