"""Servers on the loopback interface for the demo, the benchmarks and the tests."""
