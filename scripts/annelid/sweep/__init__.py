"""Studies: one scenario at many points of its parameters, run, resumed and gathered (scripts/sweep)."""
