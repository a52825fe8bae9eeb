"""The parts of the GPU benchmark that run transformers' Trainer and TRL's SFTTrainer."""

import argparse
import tempfile
from pathlib import Path
from typing import Any

from gpu_setup import (
    WARM,
    Clock,
    attached,
    in_four_bits,
    length_of,
    random_model,
    random_samples,
    rate,
    reset,
    tell,
)


def peers(
    options: argparse.Namespace, shape: str, make: Any, tries: list[tuple[int, bool]], quantised: bool = False
) -> None:
    """Rows at once and checkpointing, one after the other; what does not fit is said."""
    import torch
    from transformers import TrainerCallback

    model = random_model(options, shape)
    if quantised and not options.smoke:
        in_four_bits(model)
    adapted, trainable = attached(model)
    count = sum(parameter.numel() for parameter in trainable.values())
    length = length_of(options)
    for rows, checkpointing in tries:
        # Trainers switch it on, and leave it on.
        adapted.gradient_checkpointing_disable()
        reset(options)
        clock = Clock()

        class Timed(TrainerCallback):
            def on_step_begin(self, *args: Any, clock: Clock = clock, **kwargs: Any) -> None:
                self._wait(clock)

            def on_train_end(self, *args: Any, clock: Clock = clock, **kwargs: Any) -> None:
                self._wait(clock)

            def _wait(self, clock: Clock) -> None:
                if not options.smoke:
                    torch.cuda.synchronize()
                clock.advance()

        setup = {"rows": rows, "checkpointing": checkpointing, "length": length}
        try:
            steps = min(options.steps, WARM + 4)
            settings = {
                "output_dir": tempfile.mkdtemp(),
                "per_device_train_batch_size": rows,
                "max_steps": steps,
                "learning_rate": 2e-4,
                "report_to": [],
                "save_strategy": "no",
                "logging_steps": 10**6,
                "disable_tqdm": True,
                "bf16": not options.smoke,
                "use_cpu": options.smoke,
                "gradient_checkpointing": checkpointing,
                "gradient_checkpointing_kwargs": {"use_reentrant": False},
            }
            trainer = make(adapted, settings, random_samples(options, rows * steps, length))
            trainer.add_callback(Timed())
            trainer.train()
            facts = rate(options, model, count, length, rows * length, clock.steps())
        except torch.OutOfMemoryError:
            facts = {"out_of_memory": True}
        except Exception as error:
            facts = {"failed": f"{type(error).__name__}: {error}"[:400]}
        tell(options, trainer=options.worker.rsplit("-", 1)[0], **setup, **facts)
        trainer = None


def trainer(options: argparse.Namespace, shape: str) -> None:
    import torch
    from transformers import Trainer, TrainingArguments

    class Rows(torch.utils.data.Dataset):  # type: ignore[type-arg]  # its parameter is of torch alone
        def __init__(self, samples: list[Any]) -> None:
            self._samples = samples

        def __len__(self) -> int:
            return len(self._samples)

        def __getitem__(self, index: int) -> dict[str, Any]:
            ids = torch.tensor(self._samples[index].ids)
            return {"input_ids": ids, "labels": ids.clone()}

    def make(adapted: Any, settings: dict[str, Any], samples: list[Any]) -> Any:
        return Trainer(model=adapted, args=TrainingArguments(**settings), train_dataset=Rows(samples))

    peers(options, shape, make, [(1, False), (2, False), (4, False), (4, True)])


def trl_qlora(options: argparse.Namespace, shape: str) -> None:
    trl(options, shape, quantised=True)


def trl(options: argparse.Namespace, shape: str, quantised: bool = False) -> None:
    from datasets import Dataset
    from transformers import AutoTokenizer
    from trl import SFTConfig, SFTTrainer

    from tests.fakes import tiny_llama

    tokenizer = AutoTokenizer.from_pretrained(tiny_llama.write(Path(tempfile.mkdtemp())))

    def make(adapted: Any, settings: dict[str, Any], samples: list[Any]) -> Any:
        rows = [{"input_ids": one.ids, "completion_mask": [0] + [1] * (len(one.ids) - 1)} for one in samples]
        return SFTTrainer(
            model=adapted,
            args=SFTConfig(**settings, max_length=None, completion_only_loss=True, packing=False),
            train_dataset=Dataset.from_list(rows),
            processing_class=tokenizer,
        )

    # Checkpointing is TRL's own default.
    tries = [(4, False), (4, True)] if quantised else [(4, True), (2, False), (4, False)]
    peers(options, shape, make, tries, quantised)
