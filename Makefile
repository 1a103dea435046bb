# The same commands that CI runs. `make demo` and `make test` are all that a new machine needs.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
PORT ?= 8000
WORKERS ?= 2

.PHONY: demo env test check bench lock wheel clean

demo: env  ## build the embedded zone and serve it
	$(BIN)/zonetwin demo --port $(PORT)

env: $(STAMP)  ## .venv with exact versions and the zonetwin command

$(STAMP): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 15))' || \
	  { echo "zonetwin needs Python 3.11 to 3.14; name one with: make $(MAKECMDGOALS) PYTHON=python3.12"; exit 2; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || \
	  { echo "Python's venv module is missing; install it with: apt-get install python3-venv"; exit 2; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $(STAMP)

test: env  ## everything, WORKERS tests side by side (3 GB each); installs a browser and a CJK font where they are missing
	bash tests/install_browser.sh $(BIN)/python
	$(BIN)/pytest tests --ignore=tests/bench -n $(WORKERS) --dist loadfile

check: env  ## lint, types, architecture, SQL
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/sqlfluff lint twin/model layers server

bench: env  ## ratios against peers, in the same run; peers that cannot be had are left out
	bash tests/bench/install_peers.sh $(BIN)/python
	$(BIN)/pytest tests/bench --benchmark-only --benchmark-columns=min,median,max,rounds -s

wheel: env  ## dist/zonetwin-*.whl
	$(BIN)/python -m build --wheel --no-isolation

lock: env  ## exact versions and hashes of everything, without the address of any index
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip compile pyproject.toml --universal --python-version 3.11 --group dev --generate-hashes \
	  --no-annotate --no-header --upgrade -o requirements.lock

clean:
	rm -rf $(VENV) dist build .pytest_cache .mypy_cache .ruff_cache
