"""Files that ship with mixlock.

``name_map.tsv`` is made by ``python -m benchmarks.name_map`` from the maps of prefix-dev/parselmouth, under the
BSD-3-Clause licence in ``name_map.LICENSE``.
"""
