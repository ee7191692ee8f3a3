// The report: reads the data that scripts/report put into the page and fills it, part by part.
import {curveSection} from "./curve.js";
import {el, fill, radios, select} from "./dom.js";
import {worldSection} from "./world.js";
import {flowsSection} from "./flows.js";
import {placesSections} from "./places.js";
import {sourcesSection, footer} from "./sources.js";
import {choose, chosen, compares, data} from "./store.js";
import {comparisonSection, heading, wordsSection} from "./words.js";

function bar() {
    const parts = [];
    if (data.runs.length > 1) {
        parts.push(select(compares ? "Run" : "Worm", data.runs.map(({label}, value) => ({value, text: label})),
            chosen.run, (value) => choose({run: Number(value)})));
    }
    if (data.runs.some(({factor}) => factor !== 1)) {
        parts.push(radios("Count in", "unit", [{value: "real", text: "real hosts"},
            {value: "modelled", text: "modelled hosts"}], chosen.unit, (unit) => choose({unit})));
    }
    return parts;
}

fill(document.getElementById("head"), heading());
fill(document.getElementById("bar"), bar());
document.getElementById("bar").addEventListener("submit", (event) => event.preventDefault());
fill(document.getElementById("main"), comparisonSection(), wordsSection(), curveSection(),
    worldSection(), placesSections(), flowsSection(), sourcesSection());
fill(document.getElementById("foot"), footer());
