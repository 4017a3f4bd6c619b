"""mixlock beside its peers, whole processes on real specs; ``python -m benchmarks [NAME…]`` prints one table.

Times belong to a machine, so no test asserts them; the bars are those of the project's own promise.
"""
