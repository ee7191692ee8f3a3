// The map that plays through time, with a read-out in words and under the pointer.
import {select} from "d3-selection";
import {colourScale, drawLegend, onDark} from "./colours.js";
import {el, fill, radios, section, svgElement} from "./dom.js";
import {clock, count, percent, short} from "./format.js";
import {lastUntil, player} from "./player.js";
import {dots, HEIGHT, outlines, WIDTH} from "./shapes.js";
import {factor, onChoice, run, unitName} from "./store.js";

const MOST_NAMED = 5;
const NO_MAP = "This world has no countries (a flat world, or a network without places), so there is no map.";

const view = {share: false, frame: 0};
let countries = null;
let indexOf = new Map();
let scale = null;

const infectedAt = (code, frame) => countries.frames[code]?.[frame] ?? 0;

/** What the colour of a country stands for. */
function valueOf(code, frame) {
    if (!indexOf.has(code)) return 0;
    return view.share ? 100 * infectedAt(code, frame) / countries.hosts[indexOf.get(code)]
        : infectedAt(code, frame) * factor();
}

/** Least and most of all values above zero, over all frames: what the colours span. */
function spanned() {
    let [least, most] = [Infinity, 0];
    for (const code of Object.keys(countries.frames)) {
        countries.frames[code].forEach((_, frame) => {
            const value = valueOf(code, frame);
            if (value > 0) least = Math.min(least, value);
            most = Math.max(most, value);
        });
    }
    return most > 0 ? [least, most] : [1, 10];
}

/** What the frame shows, in words. */
function inWords(of, frame) {
    const atS = countries.time_s[frame];
    const all = countries.code.map((code, index) => [countries.name[index], infectedAt(code, frame)])
        .filter(([, infected]) => infected > 0).sort(([, a], [, b]) => b - a);
    const total = all.reduce((sum, [, infected]) => sum + infected, 0);
    const begun = of.series.milestones.filter(({time_s: from}) => from <= atS).map(({name}) => name);
    return [el("strong", {}, `${clock(of, atS)} UTC`), all.length
        ? `: ${count(total * factor())} infected ${unitName()} in ${all.length} `
            + `${all.length === 1 ? "country" : "countries"}; most in ${all.slice(0, MOST_NAMED)
                .map(([name, infected]) => `${name} (${count(infected * factor())})`).join(", ")}.`
        : ": no infected hosts.", begun.length ? ` Under way: ${begun.join(", ")}.` : ""];
}

function underPointer(code) {
    const at = indexOf.get(code);
    const infected = infectedAt(code, view.frame);
    return `${countries.name[at]}: ${count(infected * factor())} of ${count(countries.hosts[at] * factor())} `
        + `${unitName()} (${percent(infected, countries.hosts[at])})`;
}

/** The drawn world: {box, paint}; paint() gives each country the colour of the frame. */
function drawWorld() {
    const svg = select(svgElement("svg")).attr("viewBox", `0 0 ${WIDTH} ${HEIGHT}`).attr("class", "map")
        .attr("role", "img").attr("aria-label", "World map of infected hosts; the text below says the same");
    const areas = svg.selectAll("path").data(outlines).join("path").attr("d", ({d}) => d);
    const spots = svg.selectAll("circle").data(dots).join("circle")
        .attr("cx", ({x}) => x).attr("cy", ({y}) => y).attr("r", 4.5);
    const tooltip = el("div", {class: "tooltip", hidden: true});
    const box = el("div", {class: "map-box"}, svg.node(), tooltip);
    svg.selectAll("path, circle").attr("data-code", ({code}) => code ?? null)
        .on("pointerenter pointermove", (event, {code}) => point(event, code))
        .on("pointerleave", () => point(null, null));

    function point(event, code) {
        svg.selectAll(".on").classed("on", false);
        tooltip.hidden = !event || !indexOf.has(code);
        if (tooltip.hidden) return;
        tooltip.textContent = underPointer(code);
        svg.selectAll(`[data-code="${CSS.escape(code)}"]`).classed("on", true);
        const {left, top, width} = box.getBoundingClientRect();
        const [half, most] = [tooltip.offsetWidth / 2, width - tooltip.offsetWidth];
        tooltip.style.left = `${Math.max(Math.min(event.clientX - left - half, most), 0)}px`;
        tooltip.style.top = `${event.clientY - top + 16}px`;
    }

    function paint() {
        const value = ({code}) => valueOf(code, view.frame);
        const colour = (place) => (value(place) > 0 ? scale(value(place)) : "var(--land)");
        areas.style("fill", colour);
        spots.style("fill", colour).attr("display", (place) => (value(place) > 0 ? null : "none"));
    }

    return {box, paint};
}

/** Colours and legend anew, after another run, unit or kind of colour. */
function rescale(legend) {
    scale = colourScale(...spanned());
    const name = view.share ? "Infected hosts, % of the country’s hosts" : `Infected ${unitName()}`;
    const tick = (value) => (view.share ? String(value < 1e-4 ? value.toExponential(0) : value) : short(value));
    drawLegend(legend, scale, name, tick);
    legend.setAttribute("aria-label", `Colours: ${name.toLowerCase()}, logarithmic; grey: none`);
}

export function worldSection() {
    const world = drawWorld();
    const legend = svgElement("svg", {class: "scale", role: "img"});
    const status = el("p", {class: "status", id: "map-status"});
    const controls = player(() => countries.time_s, (frame) => {
        view.frame = frame;
        controls.slider.setAttribute("aria-valuetext", `${clock(run(), countries.time_s[frame])} UTC`);
        world.paint();
        fill(status, inWords(run(), frame));
    });
    const redraw = () => { rescale(legend); controls.go(view.frame); };
    const colour = radios("Colour", "colour", [{value: "number", text: "number"},
        {value: "share", text: "share of the country’s hosts"}], "number",
    (value) => { view.share = value === "share"; redraw(); });
    const whole = el("div", {}, el("div", {class: "controls"}, colour), el("figure", {}, world.box, legend),
        el("div", {class: "controls"}, controls.button, controls.slider), status);
    const none = el("p", {}, NO_MAP);
    onChoice(() => {
        controls.stop();
        const shownS = countries?.time_s[view.frame];
        countries = run().countries;
        indexOf = new Map((countries?.code ?? []).map((code, at) => [code, at]));
        whole.hidden = !countries;
        none.hidden = Boolean(countries);
        if (!countries) return;
        // The same time in another run; at first, the end.
        view.frame = lastUntil(countries.time_s, shownS ?? Infinity);
        redraw();
    });
    onDark(() => countries && redraw());
    return section("map", "World map", whole, none);
}
