"""An exact simulator of outbreaks on small graphs that shares nothing with annelid.

SIR and SEIR: draw every infectious and latent period and every transmission time at once; the
time of infection of a host is then its distance from the seeds, along links that transmit before
their source is removed (Kenah and Robins, Phys. Rev. E 2007). SIS: Gillespie's direct method
(J. Phys. Chem. 1977). All links transmit after exponential times.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from random import Random

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra


@dataclass(frozen=True)
class Links:
    """Both directions of each: source, target of shape (links,)."""

    num_hosts: int
    source: np.ndarray
    target: np.ndarray

    @classmethod
    def of_edges(cls, edges: np.ndarray) -> Links:
        """edges: undirected, shape (edges, 2), each once."""
        both = np.concatenate([edges, edges[:, ::-1]])
        both = both[np.argsort(both[:, 0], kind="stable")]
        return cls(int(both.max()) + 1, both[:, 0], both[:, 1])

    @cached_property
    def neighbours(self) -> list[list[int]]:
        first = np.searchsorted(self.source, np.arange(self.num_hosts + 1))
        return [self.target[a:b].tolist() for a, b in zip(first, first[1:])]


def infection_times(links: Links, seeds: np.ndarray, infectious_d: float, link_d: float,
                    latent_d: float, random: np.random.Generator) -> np.ndarray:
    """Sorted infection times (d) of one SIR outbreak, SEIR where latent_d > 0.

    infectious_d, link_d: means of exponential times; latent_d: of a gamma of shape 2.
    """
    infectious = random.exponential(infectious_d, links.num_hosts)
    latent = random.gamma(2, latent_d / 2, links.num_hosts) if latent_d > 0 \
        else np.zeros(links.num_hosts)
    delay = random.exponential(link_d, len(links.source))
    open_ = delay < infectious[links.source]
    length = delay[open_] + latent[links.source[open_]]
    graph = csr_array((length, (links.source[open_], links.target[open_])),
                      shape=(links.num_hosts, links.num_hosts))
    distance = dijkstra(graph, indices=seeds, min_only=True)
    return np.sort(distance[np.isfinite(distance)])


def sis_infection_times(links: Links, seeds: np.ndarray, infectious_d: float, link_d: float,
                        end_d: float, random: Random) -> np.ndarray:
    """Sorted infection times (d) of one SIS outbreak up to `end_d`, repeated ones included."""
    neighbours = links.neighbours
    most = max(map(len, neighbours))
    infected = [int(host) for host in seeds]
    place = {host: i for i, host in enumerate(infected)}
    num_links = sum(len(neighbours[host]) for host in infected)
    times, now = [0.0] * len(infected), 0.0
    while infected:
        recover, transmit = len(infected) / infectious_d, num_links / link_d
        now += random.expovariate(recover + transmit)
        if now > end_d:
            break
        if random.random() * (recover + transmit) < recover:
            i = random.randrange(len(infected))
            host, last = infected[i], infected.pop()
            if last != host:
                infected[i], place[last] = last, i
            del place[host]
            num_links -= len(neighbours[host])
            continue
        host = random.choice(infected)  # a source, by its number of links
        while random.random() * most >= len(neighbours[host]):
            host = random.choice(infected)
        target = random.choice(neighbours[host])
        if target not in place:
            place[target] = len(infected)
            infected.append(target)
            num_links += len(neighbours[target])
            times.append(now)
    return np.array(times)
