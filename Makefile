# Two commands for people: `make demo` and `make test`. Everything else is theirs.
.PHONY: demo test setup check bench bench-fixity fuzz fuzz-api machines chaos accessible clean
VENV := .venv
MINUTES := 10

demo: setup
	@scripts/demo

test:
	@scripts/setup --dev
	@scripts/check

setup:
	@scripts/setup

check:
	@scripts/check

bench: setup
	@$(VENV)/bin/sohoa bench throughput

bench-fixity: setup
	@$(VENV)/bin/sohoa bench fixity --packages 1000 --flips 200 --mb 256

fuzz: setup
	@scripts/setup --dev
	@$(VENV)/bin/python -m tests.fuzz.running --minutes $(MINUTES)

fuzz-api: setup
	@scripts/setup --dev
	@$(VENV)/bin/python -m tests.fuzz_api --examples 40

# Two workers in network namespaces of their own, one cut off within a dossier: as root, some minutes.
machines: setup
	@scripts/setup --dev
	@$(VENV)/bin/pytest -q -s tests/flows/limits_in_full.py tests/flows/machines_in_full.py

chaos: setup
	@$(VENV)/bin/sohoa chaos

accessible: setup
	@scripts/setup --dev
	@$(VENV)/bin/pytest -q tests/console/web/accessible_in_full.py

clean:
	rm -rf $(VENV) demo-state .mypy_cache .ruff_cache .pytest_cache
