// What was run and the main numbers in words.
import {el, fill, section} from "./dom.js";
import {clock, count, elapsed} from "./format.js";
import {chosen, data, onChoice, run} from "./store.js";

const RUNS_NOTE = "Infections in hosts that exist (modelled ones where the world is not scaled). "
    + "Ranges: 95 % of the replicates. Change: of replicates that share a number, the median of the "
    + "pairs; they share all draws that the change does not touch.";

export function heading() {
    const [first] = data.runs;
    const unfinished = data.runs.filter(({complete}) => !complete);
    return [el("h1", {}, data.title), el("p", {class: "quiet"},
        data.runs.length > 1
            ? `${data.runs.length} simulated outbreaks compared; the first is the baseline. `
            : `A simulated outbreak from ${clock(first, 0)} UTC, ${elapsed(first.series.time_s.at(-1))} long. `,
        `Report of ${data.generated}, by annelid.`),
    unfinished.length ? el("p", {class: "warning", id: "unfinished"}, el("strong", {}, "Unfinished: "),
        unfinished.map(({label}) => label).join("; ")) : null];
}

const OF_KIND = {
    single: () => "one outbreak",
    replicates: (of) => `${count(of.replicates)} replicates: medians, with the range of 95 % of them`,
    quantiles: (of) => `${count(of.replicates)} replicates, of which the file holds quantiles`,
};

export function wordsSection() {
    const body = el("div", {});
    onChoice((changes) => {
        if (!("run" in changes)) return;
        const of = run();
        fill(body,
            el("p", {}, el("strong", {}, of.label), `: ${OF_KIND[of.kind](of)}.`),
            of.warnings.map((text) => el("p", {class: "warning"}, text)),
            el("dl", {class: "tiles"}, of.figures.map(({label, value, note}) =>
                el("div", {class: "tile"}, el("dt", {}, label), el("dd", {class: "value"}, value),
                    el("dd", {class: "note"}, note)))),
            el("dl", {class: "lines"}, of.lines.flatMap(([label, text]) =>
                [el("dt", {}, label), el("dd", {}, text)])));
    });
    return section("words", "In short", body);
}

export function comparisonSection() {
    if (data.runs.length < 2) return null;
    const heads = ["Run", "Infections", "Change", "Peak", "Countries", "Out of use"];
    return section("comparison", "Runs compared",
        el("div", {class: "scroll", tabindex: 0, role: "region", "aria-label": "Runs compared"},
            el("table", {}, el("caption", {}, RUNS_NOTE),
                el("thead", {}, el("tr", {}, heads.map((text, at) =>
                    el("th", {scope: "col", class: at ? "number" : false}, text)))),
                el("tbody", {}, data.runs.map(({label, comparison}) => el("tr", {},
                    el("th", {scope: "row"}, label),
                    comparison.map((text) => el("td", {class: "number"}, text))))))));
}
