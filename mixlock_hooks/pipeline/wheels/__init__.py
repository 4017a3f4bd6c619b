"""Make a wheelhouse: plan, provide, record."""
