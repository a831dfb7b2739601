# make run    the app, in a virtual environment of its own
# make test   formatting, style, types and all tests; installs Debian's chromium, MariaDB and LibreOffice where missing
# make bench  the slow measurements of benchmarks/
# make bench-peers  the models against pymc-marketing, in an environment of its own (2 GB)
# make lint   formatting, style and types

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PORT ?= 8501

.PHONY: run test bench bench-peers lint

run: $(VENV)/run
	$(BIN)/streamlit run streamlit_app.py --server.port $(PORT)

# Each worker has a core: more threads would wait for each other. Files come by name: those of the
# fewest tests take long, and would be the last.
test: $(VENV)/test lint
	@sh tests/install_tools.sh
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest -q -n auto --dist loadfile --no-loadscope-reorder

bench: $(VENV)/test
	$(BIN)/python -m benchmarks

bench-peers: $(BIN)/python
	@test -x $(VENV)-peers/bin/python || $(PYTHON) -m venv $(VENV)-peers
	$(VENV)-peers/bin/python -m pip install --quiet --disable-pip-version-check -r benchmarks/peers.txt
	$(VENV)-peers/bin/python -m benchmarks.peers

lint: $(VENV)/test
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

# Debian's python3 comes without venv and pip; python3-venv brings both.
$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	    || { echo "Python 3.11 or newer is needed; this is $$($(PYTHON) --version 2>&1)."; exit 1; }
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null || sh tests/apt_install.sh python3-venv
	$(PYTHON) -m venv $(VENV)

$(VENV)/run: $(BIN)/python requirements.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch $@

$(VENV)/test: $(VENV)/run tests/requirements.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r tests/requirements.txt
	@touch $@
