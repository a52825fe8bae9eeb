"""vLLM for evaluations, where this machine's operator has set it up."""

import os
from pathlib import Path

from clinft.adapters.model.store import LocalModelStore
from clinft.ports.models import LocalEngine
from clinft.ports.progress import Progress

# Its program, or a script of the operator's that calls it.
VARIABLE = "CLINFT_VLLM"
# What its processes see of ours: cards, libraries and caches, and what the operator tells vLLM itself.
PASSED = frozenset(
    {
        *("PATH", "HOME", "USER", "LANG", "TZ", "TMPDIR", "LD_LIBRARY_PATH", "HF_HOME", "CC", "CXX"),
        # By it a runner of GitHub finds what a cancelled job has left behind.
        "RUNNER_TRACKING_ID",
    }
)
FAMILIES = (
    *("CUDA_", "NVIDIA_", "NCCL_", "HIP_", "ROCR_", "OMP_", "LC_", "XDG_"),
    *("VLLM_", "TORCH", "TRITON_", "FLASHINFER_"),
)
SECRET = ("KEY", "TOKEN", "SECRET", "PASSWORD")


def local_engine(models: LocalModelStore, progress: Progress) -> LocalEngine | None:
    """None: answers come from this process."""
    program = os.environ.get(VARIABLE)
    if not program:
        return None
    from clinft.adapters.model.vllm.engine import VllmEngine

    return VllmEngine(Path(program), environment(), models, progress)


def environment() -> dict[str, str]:
    """Of a server that speaks to nobody outside."""
    return {
        name: value
        for name, value in os.environ.items()
        if (name in PASSED or name.startswith(FAMILIES)) and not any(part in name for part in SECRET)
    }
