"""The tests. Folders mirror `crm_tui/` by layer; beside them `e2e/`, `bench/` and `packaging/`."""
