// What was run and the main numbers in words.
import {el, fill, scrolled, section} from "./dom.js";
import {clock, count, elapsed} from "./format.js";
import {compares, data, onChoice, run} from "./store.js";

const HOSTS_NOTE = "In real hosts. Ranges hold 95 % of the replicates.";
const CHANGE_NOTE = " Change of infections: of replicates that share a number, the median of the "
    + "pairs; they share all draws that the difference does not touch.";

export function heading() {
    const [first] = data.runs;
    const unfinished = data.runs.filter(({complete}) => !complete);
    return [el("h1", {}, data.title), el("p", {class: "quiet"},
        compares ? `${data.runs.length} simulated outbreaks; the first is the baseline. `
            : `A simulated outbreak${data.runs.length > 1 ? ` of ${data.runs.length} worms` : ""} from `
                + `${clock(first, 0)} UTC, ${elapsed(first.series.time_s.at(-1))} long. `,
        `Report of ${data.generated}, by annelid.`),
    unfinished.length ? el("p", {class: "warning", id: "unfinished"}, el("strong", {}, "Unfinished: "),
        unfinished.map(({label}) => label).join("; ")) : null];
}

const OF_KIND = {
    single: () => "one outbreak",
    replicates: (of) => `${count(of.replicates)} replicates: medians, with the range of 95 % of them`,
    quantiles: (of) => `${count(of.replicates)} replicates, of which the file holds quantiles`,
};

/** A number and its sign of per cent stay on one line. */
const joined = (text) => text.replaceAll(" %", "\u00a0%");

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
                    el("dd", {class: "note"}, joined(note))))),
            el("dl", {class: "lines"}, of.lines.flatMap(([label, text]) =>
                [el("dt", {}, label), el("dd", {}, joined(text))])));
    });
    return section("words", "In short", body);
}

/** A number, its range below it. */
function withRange(text) {
    const [, number, range] = /^([^[]*) \[(.*?)\](?: %)?$/.exec(text) ?? [];
    return range ? [number + (text.endsWith("%") ? " %" : ""), el("small", {}, range)] : text;
}

export function comparisonSection() {
    if (data.runs.length < 2) return null;
    const title = compares ? "Runs compared" : "Worms";
    const heads = [compares ? "Run" : "Worm", "Infections", ...(compares ? ["Change"] : []), "Peak",
        "Countries", "Out of use"];
    return section("comparison", title,
        el("p", {class: "quiet"}, HOSTS_NOTE, compares ? CHANGE_NOTE : ""),
        scrolled(title, el("table", {"aria-label": title},
            el("thead", {}, el("tr", {}, heads.map((text, at) =>
                el("th", {scope: "col", class: at ? "number" : false}, text)))),
            el("tbody", {}, data.runs.map(({label, comparison}) => el("tr", {},
                el("th", {scope: "row"}, label),
                comparison.map((text) => el("td", {class: "number"}, withRange(text)))))))));
}
