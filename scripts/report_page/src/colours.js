// The colours of the map: a logarithmic scale with its legend.
import {axisBottom} from "d3-axis";
import {scaleLog, scaleSequentialLog} from "d3-scale";
import {interpolateViridis} from "d3-scale-chromatic";
import {select} from "d3-selection";

const dark = matchMedia("(prefers-color-scheme: dark)");
const STOPS = 12;
const WIDTH = 340, HEIGHT = 52, BAR = 14, SIDE = 24;

// Few hosts are near to the page's own colour, many far from it.
const ramp = (share) => interpolateViridis(dark.matches ? 0.12 + 0.88 * share : 1 - share);

/** Calls changed() when the page turns dark or light. */
export const onDark = (changed) => dark.addEventListener("change", changed);

/** Scale from the power of ten below `least` to `most`; both positive. */
export function colourScale(least, most) {
    const low = 10 ** Math.floor(Math.log10(least) + 1e-9);
    return scaleSequentialLog([low, Math.max(most, 10 * low)], ramp).clamp(true);
}

export function drawLegend(element, scale, name, format) {
    const [low, high] = scale.domain();
    const x = scaleLog([low, high], [SIDE, WIDTH - SIDE]);
    const svg = select(element).attr("viewBox", `0 0 ${WIDTH} ${HEIGHT}`);
    svg.selectAll("*").remove();
    const gradient = svg.append("defs").append("linearGradient").attr("id", "ramp");
    for (let stop = 0; stop <= STOPS; stop++) {
        gradient.append("stop").attr("offset", stop / STOPS).attr("stop-color", ramp(stop / STOPS));
    }
    svg.append("text").attr("x", SIDE).attr("y", 12).text(name);
    svg.append("rect").attr("x", SIDE).attr("y", HEIGHT - BAR - 19).attr("height", BAR)
        .attr("width", WIDTH - 2 * SIDE).attr("fill", "url(#ramp)");
    const powers = x.ticks().filter((value) => Math.abs(Math.log10(value) - Math.round(Math.log10(value))) < 1e-9);
    svg.append("g").attr("class", "axis").attr("transform", `translate(0,${HEIGHT - 19})`)
        .call(axisBottom(x).tickValues(powers).tickFormat(format).tickSizeOuter(0));
}
