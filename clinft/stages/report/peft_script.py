"""An outline in Python of what the provider peft does with a spec's recipe."""

from clinft.spec.training import TrainingSpec

SCRIPT = """import json
from functools import partial
import torch
from peft import LoraConfig, get_peft_model
from transformers import AutoModelForCausalLM, AutoTokenizer, get_linear_schedule_with_warmup

base, revision = {base_model!r}, {revision!r}
torch.manual_seed({seed})
tokenizer = AutoTokenizer.from_pretrained(base, revision=revision)
model = AutoModelForCausalLM.from_pretrained(base, revision=revision, dtype=torch.bfloat16, device_map="auto")
model = get_peft_model(model, LoraConfig(
    task_type="CAUSAL_LM", r={r}, lora_alpha={lora_alpha}, lora_dropout={lora_dropout},
    target_modules={target_modules!r}, layers_to_transform={layers},
))
samples = [json.loads(line)["messages"] for line in open({training_file!r}, encoding="utf-8")]
batches = [samples[start : start + {batch_size}] for start in range(0, len(samples), {batch_size})]
trained = [weight for weight in model.parameters() if weight.requires_grad]
tokens = partial(tokenizer.apply_chat_template, return_dict=False)
optimizer = torch.optim.AdamW(trained, lr={learning_rate}, weight_decay={weight_decay})
steps = {steps}
schedule = get_linear_schedule_with_warmup(optimizer, int({warmup_fraction} * steps), steps)
done = 0
for _ in range({n_epochs}):
    for batch in batches:
        if done == steps:
            break
        for messages in batch:  # one by one: slower than a padded batch
            prompt = tokens(messages[:-1], add_generation_prompt=True)
            whole = tokens(messages)
            assert len(whole) <= {max_tokens}, "no sample is cut off"
            answer = [-100] * len(prompt) + whole[len(prompt):]  # the loss is on the answer alone
            ids, labels = torch.tensor([whole]).to(model.device), torch.tensor([answer]).to(model.device)
            (model(input_ids=ids, labels=labels).loss / len(batch)).backward()
        torch.nn.utils.clip_grad_norm_(trained, {max_grad_norm})
        optimizer.step()
        schedule.step()
        optimizer.zero_grad()
        done += 1
model.save_pretrained("adapter", safe_serialization=True)
"""


FOUR_BITS = """device_map="auto", quantization_config=BitsAndBytesConfig(
    load_in_4bit=True, bnb_4bit_quant_type="nf4", bnb_4bit_compute_dtype=torch.bfloat16,
))"""
ADAPTED = """model = get_peft_model(model, LoraConfig(
    task_type="CAUSAL_LM", r={r}, lora_alpha={lora_alpha}, lora_dropout={lora_dropout},
    target_modules={target_modules!r}, layers_to_transform={layers},
))
"""
# Method → what its script has in place of the plain one's.
CHANGES = {
    "full": {
        "from peft import LoraConfig, get_peft_model\n": "",
        ADAPTED: "",
        # The optimizer changes weights by less than bfloat16 can tell.
        "dtype=torch.bfloat16": "dtype=torch.float32",
        'save_pretrained("adapter", ': 'save_pretrained("model", ',
    },
    "dora": {"{layers},": "{layers}, use_dora=True,"},
    "qlora": {
        'device_map="auto")': FOUR_BITS,
        "AutoTokenizer, get": "AutoTokenizer, BitsAndBytesConfig, get",
    },
}


def peft_script(training: TrainingSpec, training_file: str) -> str:
    """Only values that the spec's types have checked go into it."""
    hyper, lora = training.hyperparameters, training.lora
    whole = f"len(batches) * {hyper.n_epochs}"
    script = SCRIPT
    for plain, other in CHANGES.get(training.method, {}).items():
        script = script.replace(plain, other)
    return script.format(
        base_model=training.base_model,
        revision=training.base_model_revision,
        seed=hyper.seed,
        r=lora.r,
        lora_alpha=lora.lora_alpha,
        lora_dropout=lora.lora_dropout,
        target_modules=list(lora.target_modules),
        layers="None"
        if lora.top_layers is None
        else f"list(range(model.config.num_hidden_layers))[-{lora.top_layers}:]",
        training_file=training_file,
        batch_size=hyper.batch_size,
        learning_rate=hyper.learning_rate or (2e-5 if training.method == "full" else 2e-4),
        weight_decay=hyper.weight_decay,
        steps=whole if hyper.max_steps is None else f"min({hyper.max_steps}, {whole})",
        warmup_fraction=hyper.warmup_fraction,
        n_epochs=hyper.n_epochs,
        max_tokens=hyper.max_tokens,
        max_grad_norm=hyper.max_grad_norm,
    )
