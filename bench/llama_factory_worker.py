"""LLaMA-Factory's own supervised training on tokens that lie in a file; its interpreter runs this, not ours.

`worker.py ORDER.json`; the last line of stdout is JSON: tokens/s, peak memory, loss of each step.
"""

import json
import os
import sys
import time
from pathlib import Path
from typing import Any


def main() -> None:
    order = json.loads(Path(sys.argv[1]).read_text())
    os.environ |= {"HF_HUB_OFFLINE": "1", "WANDB_DISABLED": "true", "DO_NOT_TRACK": "1"}
    _write_tokens(Path(order["rows"]), Path(order["tokens"]))
    import torch
    from llamafactory.data import collator
    from llamafactory.train.sft import trainer as sft
    from llamafactory.train.tuner import run_exp

    seen: list[int] = []
    found: dict[str, Any] = {}
    collate, train = collator.SFTDataCollatorWith4DAttentionMask.__call__, sft.CustomSeq2SeqTrainer.train

    def counted(self: Any, features: list[dict[str, Any]]) -> Any:
        seen.extend(len(feature["input_ids"]) for feature in features)
        return collate(self, features)

    def timed(self: Any, *args: Any, **kwargs: Any) -> Any:
        kinds = {parameter.dtype for parameter in self.model.parameters()}
        assert kinds == {torch.float32}, kinds
        if rates := order["rates"]:
            # A step beyond the last is asked for and not made.
            self.lr_scheduler = torch.optim.lr_scheduler.LambdaLR(
                self.create_optimizer(), lambda step: [*rates, 0.0][step]
            )
        started = time.monotonic()
        done = train(self, *args, **kwargs)
        found["seconds"] = time.monotonic() - started
        found["losses"] = [entry["loss"] for entry in self.state.log_history if "loss" in entry]
        found["trainable"] = sum(one.numel() for one in self.model.parameters() if one.requires_grad)
        return done

    collator.SFTDataCollatorWith4DAttentionMask.__call__ = counted
    sft.CustomSeq2SeqTrainer.train = timed
    settings = order["settings"]
    run_exp(
        {**settings, "tokenized_path": order["tokens"], "dataset": "rows", "do_train": True, "stage": "sft"}
    )
    # The loader may have drawn a batch that was never trained.
    tokens = sum(seen[: settings["max_steps"] * settings["per_device_train_batch_size"]])
    print(json.dumps({**found, "tokens": tokens, "peak_gib": _peak_gib()}))


def _write_tokens(rows: Path, folder: Path) -> None:
    from datasets import Dataset, DatasetDict

    made = [json.loads(line) for line in rows.read_text().splitlines()]
    DatasetDict({"train": Dataset.from_list(made)}).save_to_disk(folder)


def _peak_gib() -> float:
    """Of this process alone, all its life; Linux."""
    lines = Path("/proc/self/status").read_text().splitlines()
    (kib,) = (int(line.split()[1]) for line in lines if line.startswith("VmHWM"))
    return kib / 2**20


if __name__ == "__main__":
    main()
