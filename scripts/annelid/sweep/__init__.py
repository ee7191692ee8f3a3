"""Studies: one scenario at many points of its parameters, run and gathered (scripts/sweep)."""
