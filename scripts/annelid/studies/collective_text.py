"""What the page of the study of collective defence says in words."""

HEAD = """\
# Does defending together help?

29 allies, attacked through their networks: WannaCry on 12 May and NotPetya on 27 June 2017. Three
cases, with the same seeds (seed 1, {replicates} replicates, from 0 on):

- **sensors only**: the worm is seen, and nobody does anything;
- **each for itself**: an ally acts when it has seen enough of the worm itself;
- **sharing**: … or when another has, and an alert has come after a delay. A share of the allies
  tells and heeds alerts, the others stay each for itself.

Numbers are real hosts, means with 95 % intervals (Student's t); averted infections are from
differences between the same replicate of two cases. Infected: all that the worm got into by the
end, also where the kill switch kept it from doing harm.
"""

REDUCED = """\
**A reduced study: small worlds and few replicates. It shows that all works, and nothing else.**
"""

FINDINGS = """\
## What came out

**Against WannaCry, under these assumptions, sharing helps, if it is fast and most allies take
part.** Each for itself averts more than a third of the allies' infections; sharing after 10 min
averts about a fifth of the rest, after 1 h about an eighth, after 6 h next to nothing. With half of
the allies it is about a quarter of that, with a quarter of them hardly anything: a warning needs
both one who was hit early and tells, and others who heed.

- The ally with most exposed hosts is nearly always the first to see enough. It gains nothing from
  the others; they gain from it. Most small allies never see enough by themselves, and defend
  themselves in time only because another tells them.
- The worm doubles in about half an hour, so an hour of delay is two doublings. By the time at which
  an alert comes 6 h later, it has been everywhere, and the kill switch is on.
- Sensors on half of the hosts would help each for itself by more than sharing does, and sharing
  adds to that, too; so would an alert at a quarter of the findings. In every sweep below, sharing
  averts some.
- With a hundred times as many false alarms both cases get better: the alert is raised before the
  outbreak, by chance. That is no merit: the price of a false alert is not in the model.

**Against NotPetya, sharing among the allies averts next to nothing.** The worm comes to them from
Ukraine in the first two hours and takes an organisation within minutes; in many outbreaks no ally
ever sees enough of it, and when one does, most that will be reached is reached before it can act:
links are cut an hour after a warning. A filter at the border would not help, as it does not see into a VPN.

- Only a warning from where it starts could be in time. If Ukraine shared, too, allies would know
  after half an hour; then the mean falls, but a single firm decides a replicate, and the interval
  is wide: the table says whether it has zero in it.
- Isolation and urgent patching are slower than the worm inside an organisation. What counts is not
  to be reached.
"""

ASSUMPTIONS = """\
## What is assumed

All numbers of detection and defence are assumptions [A]: we know of no record of how many hosts
were watched, how fast national teams told each other, or how many firms would close a port on their
word. They were set before any run with these defences and not changed after; the scenarios
([WannaCry](../../inputs/collective-defence.toml),
[NotPetya](../../inputs/collective-defence-notpetya.toml))
give a range for each.

| what | here | sweep |
|---|---|---|
| hosts that sensors watch | 10 % | 2 to 50 % |
| from infection until it is known | 1 h on average, exponential | 10 min to 1 d |
| infections that sensors miss | 20 % | 0 to 50 % |
| false alarms of a watched host | one in a million days | 0 to 100 |
| findings that raise an ally's alert, WannaCry | 60 real hosts, 4 modelled | 15 to 600 |
| … NotPetya | 20 | 1 to 200 |
| an alert takes | 10 min, 1 h, 6 h | 0 to 1 d |
| allies that tell and heed alerts | 25, 50, 100 % | 0 to 100 % |
| WannaCry: port 445 closed at an ally's border | half of the allies | 0 to 100 % |
| … after it is warned | 1 h | 10 min to 1 d |
| WannaCry: … at an organisation's edge | half of them | 0 to 100 % |
| … after its country is warned | 2 h | 30 min to 1 d |
| NotPetya: links to partners cut | half of the organisations | 0 to 100 % |
| … after its country is warned | 1 h | 10 min to 1 d |
| found hosts cut off | in 80 % of organisations | 0 to 100 % |
| … after the finding | 30 min | 1 min to 1 d |
| urgent patching, from 1 h after the warning on | half of the organisations | 0 to 100 % |
| … hosts that one gets through | 20 an hour | 2 to 200 |
| … that can be patched | 80 % | 50 to 100 % |
| NotPetya: partner links that let it through | 10 %, as in its preset | 2 to 100 % |
| NotPetya: partners of a firm | all in these four sectors | |
"""

CAUTIONS = """\
## What must not be concluded

- That sharing alerts would have averted so many infections in 2017. No number here is a forecast or
  a reconstruction; what can be compared is one case with another, under the same assumptions.
- Anything about an ally's level where it has fewer than 1,000 infected modelled hosts in the scaled
  world of WannaCry. That is most allies.
- A ranking of countries: the sources of 2017 conflict about it.
- That false alarms are harmless. An alert costs nothing here, so a false one looks like a good one
  that came early; closing a port of a whole country does cost something.
- That these effects add up for the world: hosts outside the alliance have no defences in any case,
  and only infections in the allies are counted.
- NotPetya's numbers outside Ukraine, to better than its few crossings allow: one firm that is taken
  as a whole decides a replicate. Four sectors stand for all; links inside groups with offices in
  several countries, by which much of the record's spill-over went, are not in the model.
- That the intervals hold all that is not known. They hold the chance of the outbreak, and of who
  complies, in one drawn world; what the assumptions may do, the sweeps show, one at a time.
- That an ally defends better or worse than another: they differ here in hosts, addresses and
  exposure, not in how good their defenders are.
"""

PICTURES = {
    "averted": "Averted infections by delay and by the share of the allies that share. Whiskers: "
               "95 % intervals of paired differences. Dashed, with its interval in grey: what each "
               "for itself averts.",
    "curves": "Hosts of the allies that have been infected, case by case.",
    "allies": "The share of an ally's infections that is averted. Whiskers: 95 % intervals of "
              "paired differences.",
}
