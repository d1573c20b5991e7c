# make run | make test | make data | make bench | make clean
# PORT=8501 the address of the dashboard; DIAGNOSTIC_DB another database file.

PORT ?= 8501
JOBS ?= 2
VENV ?= .venv
PYTHON ?= python3 python3.13 python3.12 python3.11
PY := $(VENV)/bin/python

# A stamp is named after what it installed: an unchanged list costs nothing, whatever the dates of the files.
RUN_STAMP := $(VENV)/.run-$(shell cat requirements.txt | cksum | cut -d' ' -f1)
DEV_STAMP := $(VENV)/.dev-$(shell cat requirements.txt requirements-dev.txt | cksum | cut -d' ' -f1)

DEMO_RAW := data/demo/raw
DEMO_DB := data/demo/diagnostic.duckdb
# The fictional database is rebuilt when the code that makes it is newer.
DEMO_CODE := $(wildcard $(addprefix diagnostic/,__init__.py model/*.py french/*.py sources.py indicators.py access.py gaps.py directory/*.py demo/*.py local/*.py local/worker/*.py warehouse/*.py sql/*.sql sql/sources/*.sql))
# Real data, or a database named by the user, come first.
SERVED := $(if $(DIAGNOSTIC_DB)$(wildcard data/diagnostic.duckdb),,$(DEMO_DB))

.PHONY: run test data bench clean
.DELETE_ON_ERROR:

run: $(RUN_STAMP) $(SERVED)
	@echo "Diagnostic territorial : http://localhost:$(PORT)  (Ctrl+C pour arrêter)"
	@exec $(PY) -m streamlit run dashboard.py --server.port $(PORT)

test: $(DEV_STAMP)
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(VENV)/bin/lint-imports
	$(PY) -m mypy & checked=$$!; \
	$(PY) -m pytest -n $(JOBS) --dist loadfile --no-loadscope-reorder $(ARGS); tested=$$?; \
	wait $$checked && exit $$tested

# Light files, a database that serves, then the heavy ones: a dashboard that runs meanwhile takes each as it comes.
data: $(RUN_STAMP)
	@$(PY) -m diagnostic data --raw data/raw --db data/diagnostic.duckdb

bench: $(DEV_STAMP)
	$(PY) -m benchmarks $(NAME)

# Downloads and the real database are not debris: they stay.
clean:
	rm -rf $(VENV) data/demo/raw $(DEMO_DB) .pytest_cache .hypothesis .ruff_cache .mypy_cache .import_linter_cache benchmarks/.work
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(DEMO_DB): $(DEMO_CODE) | $(RUN_STAMP)
	@echo "Construction du territoire fictif…"
	@rm -rf $(DEMO_RAW)
	@$(PY) -m diagnostic demo --out $(DEMO_RAW)
	@$(PY) -m diagnostic build --raw $(DEMO_RAW) --db $@

# The first of $(PYTHON) that is recent enough makes the environment.
$(PY):
	@for python in $(PYTHON); do \
		"$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || continue; \
		"$$python" -c 'import ensurepip, venv' 2>/dev/null || { \
			echo "Il manque les environnements virtuels de Python : sudo apt-get install python3-venv" >&2; exit 1; }; \
		echo "Environnement Python : $$python -m venv $(VENV)"; \
		exec "$$python" -m venv $(VENV); \
	done; \
	echo "Python 3.11 ou plus récent est nécessaire : sudo apt-get install python3 python3-venv" >&2; exit 1

$(RUN_STAMP): | $(PY)
	$(PY) -m pip install --quiet --disable-pip-version-check -r requirements.txt
	@rm -f $(VENV)/.run-* && touch $@

$(DEV_STAMP): | $(PY)
	$(PY) -m pip install --quiet --disable-pip-version-check -r requirements.txt -r requirements-dev.txt
	@rm -f $(VENV)/.dev-* $(VENV)/.run-* && touch $@ $(RUN_STAMP)
