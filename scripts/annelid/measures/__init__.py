"""What is measured in a run: one idea a module, each with its formula, its source and its errors.

Series go in as the Dataset of annelid.open, trees as annelid.transmission_tree gives them.
"""

from annelid.measures.attack import attack_rate
from annelid.measures.curves import at_risk, infected, infections, quantiles
from annelid.measures.generation import generation_times
from annelid.measures.growth import fit_growth, growth_rate
from annelid.measures.mixing import who_infected_whom
from annelid.measures.offspring import offspring_distribution
from annelid.measures.reproduction import reproduction_number
from annelid.measures.sensitivity import partial_rank_correlation
from annelid.measures.sobol import sobol_indices
from annelid.measures.thresholds import time_to

__all__ = ["at_risk", "attack_rate", "fit_growth", "generation_times", "growth_rate", "infected",
           "infections", "offspring_distribution", "partial_rank_correlation", "quantiles",
           "reproduction_number", "sobol_indices", "time_to", "who_infected_whom"]
