"""Files that ship with mixlock.

``name_map.tsv`` is made by ``mixlock_hooks.formats.name_map.compact`` from regro's grayskull map.
"""
