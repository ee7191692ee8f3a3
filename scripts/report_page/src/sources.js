// Where the numbers come from: attributes and scenario of the run file, licences of the page.
import {el, fill, section} from "./dom.js";
import {onChoice, run} from "./store.js";

export function sourcesSection() {
    const body = el("div", {});
    onChoice((changes) => {
        if (!("run" in changes)) return;
        const of = run();
        fill(body,
            el("dl", {class: "lines"}, of.provenance.flatMap(([label, text]) =>
                [el("dt", {}, label), el("dd", {}, text)])),
            of.scenario ? el("details", {}, el("summary", {}, "Scenario, with every default: runs again as it is"),
                el("pre", {tabindex: 0}, of.scenario)) : null);
    });
    return section("sources", "Where the numbers come from", body,
        el("p", {class: "quiet"}, "The same scenario, seed and version give the same result, bit for bit, on any "
            + "number of ranks and threads."));
}

export function footer() {
    return [
        el("p", {class: "quiet"}, "annelid is an epidemic model on invented hosts. Infected hosts are those in "
            + "any state but susceptible and immune. Country outlines: Natural Earth, by world-atlas; "
            + "they take no side on borders."),
        el("details", {class: "quiet more"}, el("summary", {}, "Licences of the parts of this page"),
            el("pre", {tabindex: 0}, document.getElementById("licences").textContent.trim())),
    ];
}
