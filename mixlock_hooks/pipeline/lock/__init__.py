"""Lock environments: plan, solve, record, merge."""
