"""Benchmarks: what a step costs, beside the same rows written by hand in the same run. `python -m bench --help`."""
