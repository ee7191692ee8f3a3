// The map that plays through time: play, pause, slider, a read-out in words and under the pointer.
import {bisector} from "d3-array";
import {select} from "d3-selection";
import {colourScale, drawLegend, onDark} from "./colours.js";
import {el, fill, radios, section} from "./dom.js";
import {clock, count, percent, short} from "./format.js";
import {dots, HEIGHT, outlines, WIDTH} from "./shapes.js";
import {factor, onChoice, run, unitName} from "./store.js";

const PLAY_MS = 16000;
const MOST_NAMED = 5;
const after = bisector((value) => value).right;

const view = {share: false, frame: 0, playing: null};
let countries = null;
let scale = null;

const valueOf = (index, frame) => {
    const infected = countries.frames[countries.code[index]]?.[frame] ?? 0;
    return view.share ? 100 * infected / countries.hosts[index] : infected * factor();
};

/** All values above zero, over all frames: what the colours span. */
function spanned() {
    let [least, most] = [Infinity, 0];
    countries.code.forEach((code, index) => countries.frames[code]?.forEach((_, frame) => {
        const value = valueOf(index, frame);
        if (value > 0) least = Math.min(least, value);
        most = Math.max(most, value);
    }));
    return most > 0 ? [least, most] : [1, 10];
}

/** What the frame shows, in words. */
function inWords(of, frame) {
    const atS = countries.time_s[frame];
    const all = countries.code.map((code, index) => [countries.name[index],
        countries.frames[code]?.[frame] ?? 0]).filter(([, infected]) => infected > 0)
        .sort(([, a], [, b]) => b - a);
    const total = all.reduce((sum, [, infected]) => sum + infected, 0);
    const begun = of.series.milestones.filter(({time_s: from}) => from <= atS).map(({name}) => name);
    return [el("strong", {}, `${clock(of, atS)} UTC`), all.length
        ? `: ${count(total * factor())} infected ${unitName()} in ${all.length} `
            + `${all.length === 1 ? "country" : "countries"}; most in ${all.slice(0, MOST_NAMED)
                .map(([name, infected]) => `${name} (${count(infected * factor())})`).join(", ")}.`
        : ": no infected hosts.", begun.length ? ` Under way: ${begun.join(", ")}.` : ""];
}

export function worldSection() {
    const svgNode = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    const svg = select(svgNode).attr("viewBox", `0 0 ${WIDTH} ${HEIGHT}`).attr("class", "map")
        .attr("role", "img").attr("aria-label", "World map of infected hosts; the text below says the same");
    const areas = svg.selectAll("path").data(outlines).join("path").attr("d", ({d}) => d);
    const spots = svg.selectAll("circle").data(dots).join("circle")
        .attr("cx", ({x}) => x).attr("cy", ({y}) => y).attr("r", 4.5);
    for (const places of [areas, spots]) {
        places.attr("data-code", ({code}) => code ?? null)
            .on("pointerenter pointermove", (event, {code}) => point(event, code))
            .on("pointerleave", () => point(null, null));
    }
    const tooltip = el("div", {class: "tooltip", hidden: true});
    const legend = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    legend.setAttribute("class", "scale");
    legend.setAttribute("role", "img");
    const status = el("p", {class: "status", id: "map-status"});
    const slider = el("input", {type: "range", id: "map-time", min: 0, step: 1, "aria-label": "Time of the map",
        oninput: () => { stop(); show(Number(slider.value)); }});
    const button = el("button", {type: "button", id: "map-play", onclick: () => (view.playing ? stop() : play())},
        "▶ Play");
    const box = el("div", {class: "map-box"}, svgNode, tooltip);
    const whole = el("div", {}, el("div", {class: "controls"},
        radios("Colour", "colour", [{value: "number", text: "number"}, {value: "share", text: "share of the country’s hosts"}],
            "number", (value) => { view.share = value === "share"; rescale(); })),
    el("figure", {}, box, legend), el("div", {class: "controls"}, button, slider), status);
    const none = el("p", {}, "This world has no countries (a flat world, or a network without places), so there is no map.");

    function paint() {
        const index = new Map(countries.code.map((code, at) => [code, at]));
        const colour = ({code}) => {
            const value = index.has(code) ? valueOf(index.get(code), view.frame) : 0;
            return value > 0 ? scale(value) : "var(--land)";
        };
        areas.style("fill", colour);
        spots.style("fill", colour).attr("display", ({code}) =>
            (index.has(code) && valueOf(index.get(code), view.frame) > 0 ? null : "none"));
    }

    function show(frame) {
        view.frame = frame;
        slider.value = frame;
        slider.setAttribute("aria-valuetext", `${clock(run(), countries.time_s[frame])} UTC`);
        paint();
        fill(status, inWords(run(), frame));
    }

    function rescale() {
        scale = colourScale(...spanned());
        const name = view.share ? "Infected hosts, % of the country’s hosts"
            : `Infected ${unitName()}`;
        drawLegend(legend, scale, name, (value) => (view.share ? `${value < 1e-4 ? value.toExponential(0) : value}` : short(value)));
        legend.setAttribute("aria-label", `Colours: ${name.toLowerCase()}, logarithmic; grey: none`);
        show(view.frame);
    }

    function play() {
        if (view.frame >= countries.time_s.length - 1) show(0);
        const last = countries.time_s.at(-1);
        const fromS = countries.time_s[view.frame];
        let begin = null;
        const tick = (now) => {
            begin ??= now;
            const atS = fromS + (now - begin) / PLAY_MS * last;
            const frame = Math.max(after(countries.time_s, atS) - 1, 0);
            if (frame !== view.frame) show(frame);
            if (frame >= countries.time_s.length - 1) stop();
            else view.playing = requestAnimationFrame(tick);
        };
        view.playing = requestAnimationFrame(tick);
        button.textContent = "❚❚ Pause";
    }

    function stop() {
        cancelAnimationFrame(view.playing);
        view.playing = null;
        button.textContent = "▶ Play";
    }

    function point(event, code) {
        const at = countries.code.indexOf(code);
        svg.selectAll(".on").classed("on", false);
        tooltip.hidden = !event || at < 0;
        if (tooltip.hidden) return;
        const infected = countries.frames[code]?.[view.frame] ?? 0;
        tooltip.textContent = `${countries.name[at]}: ${count(infected * factor())} of `
            + `${count(countries.hosts[at] * factor())} ${unitName()} (${percent(infected, countries.hosts[at])})`;
        svg.selectAll(`[data-code="${CSS.escape(code)}"]`).classed("on", true);
        const {left, top, width} = box.getBoundingClientRect();
        const x = Math.min(Math.max(event.clientX - left - tooltip.offsetWidth / 2, 0), width - tooltip.offsetWidth);
        tooltip.style.left = `${Math.max(x, 0)}px`;
        tooltip.style.top = `${event.clientY - top + 16}px`;
    }

    onChoice(() => {
        stop();
        const shown = countries?.time_s[view.frame];
        countries = run().countries;
        whole.hidden = !countries;
        none.hidden = Boolean(countries);
        if (!countries) return;
        slider.max = countries.time_s.length - 1;
        // The same time in another run; at first, the end.
        view.frame = shown === undefined ? countries.time_s.length - 1
            : Math.max(after(countries.time_s, shown) - 1, 0);
        rescale();
    });
    onDark(() => countries && rescale());
    return section("map", "World map", whole, none);
}
