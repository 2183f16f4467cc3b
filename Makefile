# Two commands matter: `make demo` and `make test`. Both build .venv when it is missing or stale.
PYTHON ?= python3
VENV   := .venv
PY     := $(VENV)/bin/python
SOURCE ?= corpus/pages
DEMO   ?= demo

.PHONY: demo test lint types floors clean

# BERTopic in a second step: pip cannot leave out one dependency, and it asks for torch, umap and numba
$(VENV)/.ready: pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(PY) -m pip install --quiet -c constraints.txt -e ".[topics,dev]"
	$(PY) -m pip install --quiet -c constraints.txt --no-deps bertopic
	touch $@

demo: $(VENV)/.ready
	$(VENV)/bin/community analyze "$(SOURCE)" --study $(DEMO)/study --out $(DEMO)/tables \
	  --codebook corpus/codebook.toml
	@echo "Open $(DEMO)/tables/report.html in a browser; the tables beside it open in R, pandas or a spreadsheet."

test: $(VENV)/.ready
	$(PY) -m pytest -n auto

lint: $(VENV)/.ready
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .

types: $(VENV)/.ready
	$(VENV)/bin/mypy

floors: $(VENV)/.ready
	$(PY) benchmarks/floors.py

clean:
	rm -rf $(VENV) $(DEMO) build *.egg-info

# a wheel, installed in an empty environment elsewhere, analyses a page
.PHONY: wheel
wheel: $(VENV)/.ready
	bash benchmarks/wheel.sh $(PYTHON)
