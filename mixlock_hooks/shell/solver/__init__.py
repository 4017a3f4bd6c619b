"""The engines: conda-lock, uv and py-rattler, and what stands between them."""
