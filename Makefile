# make demo, make lab, make test, make check, make bench. Everything is installed into .venv, once;
# again when pyproject.toml or constraints.txt change.

SHELL := /bin/bash
VENV := .venv
BIN := $(VENV)/bin
PYTHONS := python3 python3.14 python3.13 python3.12 python3.11
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt
AS_ROOT := $(if $(filter 0,$(shell id -u)),--allow-root)

# What may be given: make lab LAB="--no-browser", make test PYTEST="-k readout", make bench
# BENCH="cost --size full".
LAB :=
PYTEST :=
BENCH :=

.PHONY: help demo lab test check gallery bench clean

help:
	@echo "make demo   the sample recordings through the bundled model, and a page to look at"
	@echo "make lab    JupyterLab with the first notebook"
	@echo "make test   all tests, those of the notebooks too"
	@echo "make check  linters, types, the order of imports, notebooks without outputs"
	@echo "make gallery  pictures of every widget and plot into out/gallery, with a Chromium"
	@echo "make bench  what a capture costs beside plain generation, and other ratios, into out/bench"
	@echo "make clean  remove what was installed and made"

demo: $(VENV)/core.stamp
	@$(BIN)/sottovoce demo

lab: $(VENV)/lab.stamp
	JUPYTER_CONFIG_PATH="$(CURDIR)/notebooks/.jupyter" $(BIN)/jupyter lab $(AS_ROOT) \
	  --LabApp.default_url=/lab/tree/notebooks/00_start.ipynb $(LAB)

# One thread for each of the two processes: more would only take turns.
test: $(VENV)/dev.stamp $(VENV)/apart/made
	OMP_NUM_THREADS=1 SOTTOVOCE_TEST_PACKAGES=$(VENV)/apart $(BIN)/python -m pytest -n 2 --dist loadfile \
	  --nbval-lax --nbval-current-env tests toolkit notebooks $(PYTEST)

gallery: $(VENV)/dev.stamp
	OMP_NUM_THREADS=1 $(BIN)/python tests/gallery.py out/gallery

bench: $(VENV)/dev.stamp
	OMP_NUM_THREADS=1 $(BIN)/python tests/benchmarks $(BENCH)

# All of them are run, whatever the first says.
check: $(VENV)/dev.stamp
	@failed=0; \
	run() { echo "$$*"; "$(BIN)/$$@" || failed=1; }; \
	run ruff check; \
	run ruff format --check; \
	run mypy; \
	run lint-imports; \
	run nbstripout --verify notebooks/*.ipynb; \
	exit $$failed

clean:
	rm -rf $(VENV) out build dist .pytest_cache .mypy_cache .ruff_cache .import_linter_cache

$(VENV)/core.stamp: EXTRAS =
$(VENV)/lab.stamp: EXTRAS = [lab]
$(VENV)/dev.stamp: EXTRAS = [dev]

$(VENV)/%.stamp: $(VENV)/made pyproject.toml constraints.txt
	@echo "Installing sottovoce$(EXTRAS) into $(VENV); the first time takes some minutes."
	@$(PIP) --editable ".$(EXTRAS)"
	@touch $@

# Beside the environment, since within it they would break it; see tests/conftest.py.
APART := torchaudio mistral-common==1.13.1 pycountry pydantic-extra-types tiktoken
$(VENV)/apart/made: $(VENV)/made constraints.txt
	@mkdir -p $(@D)
	@$(PIP) --no-deps --upgrade --target $(@D) $(APART) || \
	  echo "$(APART) could not be had; the tests of four architectures are skipped" >&2
	@rm -f $(@D)/torchaudio/lib/*.so
	@touch $@

$(VENV)/made:
	@for python in $(PYTHONS); do \
	  if $$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
	    $$python -m venv --clear $(VENV) && touch $@ && exit 0; \
	    echo "$$python could not make $(VENV)." \
	      "On Debian and Ubuntu: apt install python3-venv" >&2; exit 1; \
	  fi; \
	done; \
	echo "sottovoce needs Python 3.11 or newer, and $$(python3 --version 2>&1 || echo none) is" \
	  "what was found. Install one from https://www.python.org/downloads/ and try again." >&2; \
	exit 1
