"""Why a server of vLLM ended, from its log. Only what is known is told: the rest may quote what was asked."""

import re
from pathlib import Path

from clinft.errors import ServiceError

TAIL_BYTES = 200_000
OTHERWISE = "evaluate without CLINFT_VLLM"
# In lines that speak of an error. Words of vLLM 0.33.0, of torch and of argparse.
KNOWN: tuple[tuple[str, str, str], ...] = (
    (
        r"out of memory|No available memory for the cache|desired GPU memory utilization"
        r"|larger than the available KV cache",
        "The card has too little free memory: the model is too large for it, or others use the card.",
        f"See with nvidia-smi who holds the memory and call again, or {OTHERWISE}.",
    ),
    (
        r"Failed to infer device type|No CUDA GPUs are available|CUDA driver",
        "vLLM finds no card: its driver is missing or too old, or CUDA_VISIBLE_DEVICES hides it.",
        f"Run nvidia-smi as this user and correct that, or {OTHERWISE}.",
    ),
    (
        r"unrecognized arguments|invalid choice",
        "This vLLM takes other options than those of the version that clinft was written for, 0.33.0.",
        f"Install that version in vLLM's own environment, or {OTHERWISE}.",
    ),
    (
        r"NaNs detected in logits",
        "The model computes values that are not numbers: its weights are damaged, or training diverged.",
        "Check the model's files; for a tuned model, lower the learning rate and train again.",
    ),
    (r"No space left on device", "The disk is full.", "Make room and call again."),
    (
        r"not supported for|does not( yet)? support",
        "It does not know this model's architecture, or something that its adapter has.",
        f"For this model {OTHERWISE}.",
    ),
)
SPEAKS_OF_ERRORS = re.compile(r"error", re.IGNORECASE)
KIND = re.compile(r"\b([A-Z][A-Za-z]{0,50}(?:Error|Exception))\b")


def ended(log: Path, code: int, when: str) -> ServiceError:
    """`when`: e.g. 'before it was ready'. `code` as a shell has it: above 128, a signal."""
    how = f"by signal {code - 128}" if code > 128 else f"with exit code {code}"
    cause, next_step = explained(log)
    return ServiceError(f"vLLM ended {when}, {how}.", cause, next_step)


def explained(log: Path) -> tuple[str, str]:
    """Cause, with the place of the log, and next step."""
    lines = [line for line in tail(log).splitlines() if SPEAKS_OF_ERRORS.search(line)]
    for pattern, cause, next_step in KNOWN:
        if any(re.search(pattern, line) for line in lines):
            return f"{cause} Its log is {log}.", next_step
    kinds = [kind for line in lines for kind in KIND.findall(line)]
    said = f"The last error there is called {kinds[-1]}." if kinds else "No error stands there."
    return f"Why is in its log, {log}. {said}", f"Correct that and call again, or {OTHERWISE}."


def tail(log: Path) -> str:
    """Its end; nothing where it cannot be read."""
    try:
        with log.open("rb") as stream:
            stream.seek(max(0, log.stat().st_size - TAIL_BYTES))
            return stream.read().decode(errors="replace")
    except OSError:
        return ""
