"""Install what is locked: conda packages into a prefix, wheels beside them."""
