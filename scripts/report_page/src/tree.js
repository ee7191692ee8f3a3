// First introductions as an indented tree beside a time axis, as in a phylogeny of an outbreak.
import {axisTop} from "d3-axis";
import {scaleUtc} from "d3-scale";
import {select} from "d3-selection";
import {clock, tick} from "./format.js";

const ROW = 20, TOP = 34, INDENT = 10, LETTER = 6.6, MOST_INDENTS = 6, GAP = 24;
const SHORTEST_S = 60; // of the time axis

/** Rows {code, depth, atS, up: row of the parent} in depth-first order, earlier children first. */
export function rowsOf(tree) {
    const children = new Map();
    for (const entry of tree) {
        const [, parent] = entry;
        children.set(parent, [...(children.get(parent) ?? []), entry]);
    }
    const rows = [];
    // A stack, not recursion: a chain of introductions may be long.
    const stack = (children.get(null) ?? []).map((entry) => ({entry, depth: 0, up: null})).reverse();
    while (stack.length) {
        const {entry: [code, , atS], depth, up} = stack.pop();
        const row = rows.push({code, depth, atS, up}) - 1;
        for (const entry of [...(children.get(code) ?? [])].reverse()) {
            stack.push({entry, depth: depth + 1, up: row});
        }
    }
    return rows;
}

function shortened(name, room) {
    const letters = Math.floor(room / LETTER);
    return name.length <= letters ? name : `${name.slice(0, Math.max(letters - 1, 2)).trimEnd()}…`;
}

export function drawTree(element, tree, nameOf, run, width) {
    const rows = rowsOf(tree);
    const names = Math.min(240, width * 0.42);
    const height = TOP + rows.length * ROW + 4;
    const start = Date.parse(run.start);
    const date = (atS) => new Date(start + atS * 1000);
    const times = rows.map(({atS}) => atS);
    const [first, last] = [Math.min(...times), Math.max(...times)];
    const x = scaleUtc([date(first), date(Math.max(last, first + SHORTEST_S))], [names + GAP, width - GAP]);
    const y = (row) => TOP + row * ROW + ROW / 2;
    const svg = select(element).attr("viewBox", `0 0 ${width} ${height}`).attr("class", "tree")
        .attr("role", "img").attr("aria-label", `Tree of the first introductions of ${rows.length} countries`);
    svg.selectAll("*").remove();
    const ticks = Math.max(2, Math.floor((width - names) / 90));
    svg.append("g").attr("class", "grid").attr("transform", `translate(0,${TOP})`)
        .call(axisTop(x).ticks(ticks).tickSize(-rows.length * ROW).tickFormat(""))
        .call((group) => group.select(".domain").remove());
    svg.append("g").attr("class", "axis").attr("transform", `translate(0,${TOP})`)
        .call(axisTop(x).ticks(ticks).tickFormat(tick).tickSizeOuter(0));
    const groups = svg.selectAll("g.row").data(rows).join("g").attr("class", "row");
    groups.filter(({up}) => up !== null).append("path").attr("d", (row) => {
        const from = x(date(rows[row.up].atS));
        return `M${from},${y(row.up)}V${y(rows.indexOf(row))}H${x(date(row.atS))}`;
    });
    groups.append("text").attr("dy", "0.32em").attr("y", (_, at) => y(at))
        .attr("x", ({depth}) => Math.min(depth, MOST_INDENTS) * INDENT)
        .text(({code, depth}) => shortened(nameOf(code), names - Math.min(depth, MOST_INDENTS) * INDENT));
    groups.append("circle").attr("r", 4).attr("class", ({up}) => (up === null ? "root" : null))
        .attr("cx", ({atS}) => x(date(atS))).attr("cy", (_, at) => y(at));
    groups.append("title").text(({code, atS, up}) => `${nameOf(code)}: ${clock(run, atS)} UTC, `
        + (up === null ? "seed or update" : `from ${nameOf(rows[up].code)}`));
}
