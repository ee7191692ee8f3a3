// The epidemic curve: lines with bands, a read-out by pointer and keyboard, linear or logarithmic.
import {bisector} from "d3-array";
import {el, fill, onWidth, radios, section, select} from "./dom.js";
import {clock, count} from "./format.js";
import {linesOf, middle, quantities, timeName, timesOf} from "./lines.js";
import {drawPlot, timeAt} from "./plot.js";
import {compares, data, onChoice, run, unitName} from "./store.js";

const STEP_KEYS = {ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1, PageDown: -10, PageUp: 10};
const nearest = bisector((value) => value).center;

const view = {quantity: "state", log: false, compared: data.runs.length > 1, atS: Infinity,
    shown: new Map(), width: 0};
let lines = [];
let times = [];
let scales = null;

/** A line's value at a time; null before its first and after its last. */
function valueAt(line, atS) {
    const {time_s: own} = line;
    const slack = own.length > 1 ? own[1] - own[0] : 0;
    if (atS < own[0] - slack || atS > own.at(-1) + slack) return null;
    const index = nearest(own, atS);
    return line.levels.map((row) => row[index]);
}

function readOut(line) {
    const values = valueAt(line, view.atS);
    if (!values) return "–";
    const [value] = values.length > 1 ? [values[2]] : values;
    return count(value) + (values.length > 1 ? ` (${count(values[0])} to ${count(values[4])})` : "");
}

const isShown = (line) => view.shown.get(line.key) ?? !line.hidden;

function swatch({colour, dash}) {
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    svg.setAttribute("viewBox", "0 0 36 12");
    svg.setAttribute("aria-hidden", "true");
    svg.innerHTML = `<line x1="0" x2="36" y1="6" y2="6" stroke-width="3" stroke="var(--c${Number(colour)})" `
        + `stroke-dasharray="${dash}"/>`;
    return svg;
}

export function curveSection() {
    const controls = el("div", {class: "controls"});
    const legend = el("ul", {class: "legend", "aria-label": "Lines: press to show or hide"});
    const when = el("p", {class: "quiet", id: "curve-time"});
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    svg.setAttribute("aria-hidden", "true");
    const chart = el("div", {class: "chart", id: "curve-chart", tabindex: 0, role: "slider",
        "aria-label": "Time on the epidemic curve", "aria-valuemin": 0,
        onkeydown: byKey, onpointermove: byPointer, onpointerdown: byPointer}, svg);

    function say() {
        const at = nearest(times, view.atS);
        when.textContent = times.length ? `At ${timeName(clock, lines, times[at])}, ${unitName()}:` : "";
        for (const line of lines) {
            legend.querySelector(`[data-key="${CSS.escape(line.key)}"] .number`).textContent = readOut(line);
        }
        chart.setAttribute("aria-valuemax", Math.max(times.length - 1, 0));
        chart.setAttribute("aria-valuenow", at);
        chart.setAttribute("aria-valuetext", `${when.textContent} ${lines.filter(isShown)
            .map((line) => `${line.name} ${readOut(line)}`).join(", ")}`);
    }

    function move(index) {
        view.atS = times[Math.min(Math.max(index, 0), times.length - 1)];
        scales?.moveCursor(view.atS);
        say();
    }

    function byKey(event) {
        const at = nearest(times, view.atS);
        const to = {Home: 0, End: times.length - 1}[event.key] ?? at + STEP_KEYS[event.key];
        if (Number.isNaN(to) || event.ctrlKey || event.altKey || event.metaKey) return;
        event.preventDefault();
        move(to);
    }

    function byPointer(event) {
        if (scales) move(nearest(times, timeAt(scales, svg, event.clientX)));
    }

    function draw() {
        const kept = lines.filter(isShown);
        if (view.width) scales = drawPlot(svg, kept.length ? kept : lines.slice(0, 1), view, run());
    }

    function entry(line) {
        return el("li", {}, el("button", {type: "button", "data-key": line.key,
            "aria-pressed": isShown(line) ? "true" : "false", onclick: ({currentTarget}) => {
                view.shown.set(line.key, !isShown(line));
                currentTarget.setAttribute("aria-pressed", isShown(line) ? "true" : "false");
                draw();
                say();
            }}, swatch(line), el("span", {}, line.name, " ", el("span", {class: "number"}))));
    }

    function update() {
        lines = linesOf(view.quantity, view.compared);
        times = timesOf(lines);
        // At first the last time that all lines reach.
        if (view.atS === Infinity) view.atS = Math.min(...lines.map(({time_s: own}) => own.at(-1)));
        view.atS = Math.min(Math.max(view.atS, times[0] ?? 0), times.at(-1) ?? 0);
        fill(legend, lines.map(entry));
        draw();
        say();
    }

    function showControls() {
        const kind = compares ? "run" : "worm";
        const offered = quantities().filter(({forRuns}) => forRuns || !view.compared);
        if (!offered.some(({value}) => value === view.quantity)) view.quantity = "infections";
        fill(controls,
            data.runs.length > 1 ? radios("Show", "compared", [{value: "all", text: `all ${kind}s`},
                {value: "one", text: `the chosen ${kind}`}], view.compared ? "all" : "one", (value) => {
                view.compared = value === "all";
                showControls();
                controls.querySelector("input:checked").focus();
                update();
            }) : null,
            select("Curve", offered, view.quantity, (value) => { view.quantity = value; update(); }),
            radios("Scale", "scale", [{value: "linear", text: "linear"}, {value: "log", text: "logarithmic"}],
                view.log ? "log" : "linear", (value) => { view.log = value === "log"; draw(); }));
    }

    showControls();
    onChoice(update);
    onWidth(chart, (width) => { view.width = width; draw(); });
    const bands = data.runs.some(({kind}) => kind !== "single")
        ? " Lines are medians, bands hold 50 % and 95 % of the replicates." : "";
    return section("curve", "Epidemic curve", controls, el("figure", {}, chart,
        el("figcaption", {}, `Point at the curve, or move along it with the arrow keys, to read it.${bands}`
            + " Dashed uprights: when defences begin.")), when, legend);
}
