// The epidemic curve: lines with bands, a read-out by pointer and keyboard, linear or logarithmic.
import {bisector} from "d3-array";
import {el, fill, onWidth, radios, section, select, svgElement} from "./dom.js";
import {clock, count} from "./format.js";
import {linesOf, quantities, timeName, timesOf} from "./lines.js";
import {drawPlot, timeAt} from "./plot.js";
import {compares, data, onChoice, run, unitName} from "./store.js";

const STEP_KEYS = {ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1, PageDown: -10, PageUp: 10};
const HOW_TO = "Point at the curve, or move along it with the arrow keys, to read it.";
const nearest = bisector((value) => value).center;

// What is shown, and what follows from it.
const view = {quantity: "state", log: false, compared: data.runs.length > 1, atS: Infinity,
    shown: new Map(), width: 0};
let lines = [];
let times = [];
let plot = null;

const isShown = (line) => view.shown.get(line.key) ?? !line.hidden;

/** A line's values at a time; null before its first and after its last. */
function valuesAt({time_s: own, levels}, atS) {
    const slack = own.length > 1 ? own[1] - own[0] : 0;
    if (atS < own[0] - slack || atS > own.at(-1) + slack) return null;
    const index = nearest(own, atS);
    return levels.map((row) => row[index]);
}

function readOut(line) {
    const values = valuesAt(line, view.atS);
    if (!values) return "–";
    return values.length === 1 ? count(values[0])
        : `${count(values[2])} (${count(values[0])} to ${count(values[4])})`;
}

function swatch({colour, dash}) {
    return svgElement("svg", {viewBox: "0 0 36 12", "aria-hidden": "true"}, svgElement("line",
        {x2: 36, y1: 6, y2: 6, "stroke-width": 3, stroke: `var(--c${colour})`, "stroke-dasharray": dash}));
}

function entry(line, changed) {
    const button = el("button", {type: "button", "data-key": line.key, "aria-pressed": String(isShown(line)),
        onclick: () => {
            view.shown.set(line.key, !isShown(line));
            button.setAttribute("aria-pressed", String(isShown(line)));
            changed();
        }}, swatch(line), el("span", {}, line.name, " ", el("span", {class: "number"})));
    return el("li", {}, button);
}

/** The element with the plot: {chart, draw}; moved() is called when the reader reads elsewhere. */
function plotElement(moved) {
    const svg = svgElement("svg", {"aria-hidden": "true"});
    const chart = el("div", {class: "chart", id: "curve-chart", tabindex: 0, role: "slider",
        "aria-label": "Time on the epidemic curve", "aria-valuemin": 0,
        onkeydown: byKey, onpointermove: byPointer, onpointerdown: byPointer}, svg);

    function move(index) {
        view.atS = times[Math.min(Math.max(index, 0), times.length - 1)];
        plot?.moveCursor(view.atS);
        moved();
    }

    function byKey(event) {
        const to = {Home: 0, End: times.length - 1}[event.key] ?? nearest(times, view.atS) + STEP_KEYS[event.key];
        if (Number.isNaN(to) || event.ctrlKey || event.altKey || event.metaKey) return;
        event.preventDefault();
        move(to);
    }

    function byPointer(event) {
        if (plot) move(nearest(times, timeAt(plot, svg, event.clientX)));
    }

    function draw() {
        const kept = lines.filter(isShown);
        if (view.width) plot = drawPlot(svg, kept.length ? kept : lines.slice(0, 1), view, run());
    }

    onWidth(chart, (width) => { view.width = width; draw(); });
    return {chart, draw};
}

/** What can be chosen; changed() asks for other lines, redrawn() for the same in another way. */
function controlsOf(changed, redrawn) {
    const whole = el("div", {class: "controls"});
    const kind = compares ? "run" : "worm";
    const scale = radios("Scale", "scale", [{value: "linear", text: "linear"},
        {value: "log", text: "logarithmic"}], "linear", (value) => { view.log = value === "log"; redrawn(); });
    const together = data.runs.length > 1 ? radios("Show", "compared", [{value: "all", text: `all ${kind}s`},
        {value: "one", text: `the chosen ${kind}`}], "all", (value) => {
        view.compared = value === "all";
        quantity.replaceWith(quantity = choice());
        changed();
    }) : null;
    const choice = () => {
        const offered = quantities().filter(({forRuns}) => forRuns || !view.compared);
        if (!offered.some(({value}) => value === view.quantity)) view.quantity = "infections";
        return select("Curve", offered, view.quantity, (value) => { view.quantity = value; changed(); });
    };
    let quantity = choice();
    fill(whole, together, quantity, scale);
    return whole;
}

export function curveSection() {
    const legend = el("ul", {class: "legend", "aria-label": "Lines: press to show or hide"});
    const when = el("p", {class: "quiet", id: "curve-time"});
    const {chart, draw} = plotElement(say);

    function say() {
        const at = nearest(times, view.atS);
        when.textContent = times.length ? `At ${timeName(clock, lines, times[at])}, ${unitName()}:` : "";
        lines.forEach((line, index) => {
            legend.children[index].querySelector(".number").textContent = readOut(line);
        });
        chart.setAttribute("aria-valuemax", Math.max(times.length - 1, 0));
        chart.setAttribute("aria-valuenow", at);
        chart.setAttribute("aria-valuetext", `${when.textContent} ${lines.filter(isShown)
            .map((line) => `${line.name} ${readOut(line)}`).join(", ")}`);
    }

    function update() {
        lines = linesOf(view.quantity, view.compared);
        times = timesOf(lines);
        // At first the last time that all lines reach.
        if (view.atS === Infinity) view.atS = Math.min(...lines.map(({time_s: own}) => own.at(-1)));
        view.atS = Math.min(Math.max(view.atS, times[0] ?? 0), times.at(-1) ?? 0);
        fill(legend, lines.map((line) => entry(line, () => { draw(); say(); })));
        draw();
        say();
    }

    const controls = controlsOf(update, draw);
    onChoice(update);
    const bands = data.runs.some(({kind}) => kind !== "single")
        ? " Lines are medians, bands hold 50 % and 95 % of the replicates." : "";
    return section("curve", "Epidemic curve", controls, el("figure", {}, chart,
        el("figcaption", {}, `${HOW_TO}${bands} Dashed uprights: when defences begin.`)), when, legend);
}
