// Draws lines over time into an SVG: axes, bands, marks of defences, a cursor.
import {axisBottom, axisLeft} from "d3-axis";
import {max, min} from "d3-array";
import {scaleLinear, scaleLog, scaleUtc} from "d3-scale";
import {select} from "d3-selection";
import {area, line as path} from "d3-shape";
import {short, tick} from "./format.js";
import {fromStart, middle} from "./lines.js";
import {unitName} from "./store.js";

const MARGIN = {top: 26, right: 22, bottom: 40, left: 52};
const NAME_PX = 7; // width of a letter
const UNITS_S = [["days", 86400], ["hours", 3600], ["minutes", 60], ["seconds", 1]];

/** Scale over elapsed time in a unit that suits it, or over dates; both take seconds. */
function timeScale(lines, range) {
    const last = max(lines, ({time_s}) => time_s.at(-1)) || 1;
    if (fromStart(lines)) {
        const [name, size] = UNITS_S.find(([, unit]) => last >= 3 * unit) ?? UNITS_S.at(-1);
        const scale = scaleLinear([0, last / size], range);
        return {axis: scale, of: (s) => scale(s / size), invert: (x) => scale.invert(x) * size,
            format: short, label: `${name} since the start`};
    }
    const start = Date.parse(lines[0].run.start);
    const scale = scaleUtc([start, start + last * 1000], range);
    return {axis: scale, of: (s) => scale(start + s * 1000),
        invert: (x) => (scale.invert(x) - start) / 1000, format: tick, label: "time (UTC)"};
}

function countScale(lines, log, range) {
    const tops = lines.flatMap(({levels}) => levels.at(-1));
    const top = Math.max(max(tops) ?? 0, 1e-9);
    if (!log) return scaleLinear([0, top], range).nice();
    const positive = lines.flatMap((one) => middle(one).filter((value) => value > 0));
    const bottom = Math.min(min(positive) ?? 1, top / 10);
    return scaleLog([10 ** Math.floor(Math.log10(bottom)), top], range).clamp(true).nice();
}

function drawAxes(svg, x, y, log, width, height) {
    const inner = width - MARGIN.left - MARGIN.right;
    const [low, high] = y.domain();
    const decades = Math.log10(high / low);
    const ticks = log && decades >= 1.5 ? y.ticks(decades > 8 ? 5 : 10)
        .filter((value) => Math.abs(Math.log10(value) % 1) < 1e-9) : y.ticks(5);
    svg.append("g").attr("class", "grid").attr("transform", `translate(${MARGIN.left},0)`)
        .call(axisLeft(y).tickValues(ticks).tickSize(-inner).tickFormat(""))
        .call((axis) => axis.select(".domain").remove());
    svg.append("g").attr("class", "axis").attr("transform", `translate(${MARGIN.left},0)`)
        .call(axisLeft(y).tickValues(ticks).tickFormat(short).tickSizeOuter(0));
    svg.append("g").attr("class", "axis").attr("transform", `translate(0,${height - MARGIN.bottom})`)
        .call(axisBottom(x.axis).ticks(Math.max(2, Math.floor(inner / 85))).tickFormat(x.format)
            .tickSizeOuter(0));
    svg.append("text").attr("x", width - MARGIN.right).attr("y", height - 4)
        .attr("text-anchor", "end").text(x.label);
    svg.append("text").attr("x", 0).attr("y", 12).text(unitName());
}

/** Names of defences above their marks, in the next row where they would meet. */
function drawMarks(svg, milestones, x, top, bottom, width) {
    let reached = -Infinity;
    milestones.forEach(({time_s: atS, name}) => {
        const at = x.of(atS);
        svg.append("line").attr("class", "mark").attr("x1", at).attr("x2", at).attr("y1", top).attr("y2", bottom);
        const half = name.length * NAME_PX / 2;
        const middleAt = Math.min(Math.max(at, MARGIN.left + half + 40), width - MARGIN.right - half);
        if (middleAt - half < reached) return; // its line stands all the same
        reached = middleAt + half + NAME_PX;
        svg.append("text").attr("class", "mark-name").attr("x", middleAt).attr("y", top - 8)
            .attr("text-anchor", "middle").text(name);
    });
}

function drawLine(svg, one, x, y, log) {
    const drawn = (value) => value !== null && (!log || value > 0);
    const bottom = y.domain()[0];
    const at = (index) => x.of(one.time_s[index]);
    const indices = one.time_s.map((_, index) => index);
    for (const [low, high] of one.levels.length > 1 ? [[0, 4], [1, 3]] : []) {
        svg.append("path").attr("class", "band").style("fill", `var(--c${one.colour})`)
            .attr("d", area().defined((index) => drawn(one.levels[high][index])).x(at)
                .y0((index) => y(Math.max(one.levels[low][index], bottom)))
                .y1((index) => y(one.levels[high][index]))(indices));
    }
    svg.append("path").attr("class", "line").style("stroke", `var(--c${one.colour})`)
        .attr("stroke-dasharray", one.dash || null)
        .attr("d", path().defined((index) => drawn(middle(one)[index])).x(at)
            .y((index) => y(middle(one)[index]))(indices));
}

/** Draws all anew; returns what moves the cursor and reads times off the plot. */
export function drawPlot(element, lines, {log, width, compared, atS}, shownRun) {
    const height = Math.round(Math.min(420, Math.max(260, width * 0.5)));
    const svg = select(element).attr("viewBox", `0 0 ${width} ${height}`).attr("height", height);
    svg.selectAll("*").remove();
    if (!lines.length) return null;
    const bottom = height - MARGIN.bottom;
    const x = timeScale(lines, [MARGIN.left, width - MARGIN.right]);
    const y = countScale(lines, log, [bottom, MARGIN.top]);
    drawAxes(svg, x, y, log, width, height);
    const marks = compared ? (fromStart(lines) ? [] : lines[0].run.series.milestones)
        : shownRun.series.milestones;
    drawMarks(svg, marks, x, MARGIN.top, bottom, width);
    for (const one of lines) drawLine(svg, one, x, y, log);
    const cursor = svg.append("line").attr("class", "cursor").attr("y1", MARGIN.top).attr("y2", bottom);
    const dots = svg.selectAll("circle").data(lines).join("circle").attr("r", 4)
        .style("fill", ({colour}) => `var(--c${colour})`);
    const moveCursor = (to) => {
        cursor.attr("x1", x.of(to)).attr("x2", x.of(to));
        dots.each(function place(one) {
            const index = closest(one.time_s, to);
            const value = middle(one)[index];
            const there = value !== null && (!log || value > 0);
            select(this).attr("display", there ? null : "none")
                .attr("cx", x.of(one.time_s[index])).attr("cy", there ? y(value) : 0);
        });
    };
    moveCursor(atS);
    return {x, moveCursor, width};
}

const closest = (times, to) => times.reduce((best, time, index) =>
    (Math.abs(time - to) < Math.abs(times[best] - to) ? index : best), 0);

/** Seconds since the start under a pointer. */
export function timeAt({x, width}, svg, clientX) {
    const box = svg.getBoundingClientRect();
    return x.invert((clientX - box.left) * width / box.width);
}
