// Who infected whom between countries: first introductions as a tree in time, flows as a matrix.
import {el, fill, onWidth, scrolled, section, svgElement} from "./dom.js";
import {count, percent} from "./format.js";
import {factor, onChoice, run, unitName} from "./store.js";
import {drawTree} from "./tree.js";

const FIRST_ROWS = 25;
const DEEPEST = 45; // per cent of the accent colour in the fullest cell

function namesOf(of) {
    const names = new Map(of.countries.code.map((code, at) => [code, of.countries.name[at]]));
    return (code) => names.get(code) ?? code;
}

/** The cell's colour: by the logarithm, so that small flows are seen beside large ones. */
function tint(value, most) {
    if (!value) return false;
    const depth = 8 + (DEEPEST - 8) * Math.log1p(value) / Math.log1p(most);
    return `background:color-mix(in srgb, var(--accent) ${depth.toFixed(0)}%, transparent)`;
}

function matrixTable(of) {
    const {codes, matrix, outside} = of.transmission;
    const nameOf = namesOf(of);
    const some = (at) => matrix[at].some(Boolean) || matrix.some((row) => row[at]) || outside[at];
    const rest = some(codes.length);
    const columns = rest ? [...codes, "others"] : codes;
    const from = [{name: "no host", cells: outside}, ...columns.map((code, at) =>
        ({name: code === "others" ? "others" : nameOf(code), cells: matrix[at]}))];
    const most = Math.max(...from.flatMap(({cells}) => cells));
    const cell = (value) => el("td", {style: tint(value, most)}, value ? count(value * factor()) : "");
    return el("table", {class: "flows", "aria-label": "Infections between countries"},
        el("thead", {}, el("tr", {}, el("th", {scope: "col"}, "from \\ to"), columns.map((code) =>
            el("th", {scope: "col", title: code === "others" ? false : nameOf(code)}, code)))),
        el("tbody", {}, from.map(({name, cells}) => el("tr", {}, el("th", {scope: "row"}, name),
            columns.map((_, at) => cell(cells[at]))))));
}

function inWords(of) {
    const {tree, within, all} = of.transmission;
    const nameOf = namesOf(of);
    const children = new Map();
    for (const [, parent] of tree) if (parent) children.set(parent, (children.get(parent) ?? 0) + 1);
    const [top] = [...children].sort(([, a], [, b]) => b - a);
    const seeds = tree.filter(([, parent]) => parent === null).length;
    const were = tree.length === 1 ? "country was" : "countries were";
    return [`${count(tree.length)} ${were} reached: ${count(seeds)} by seeds or updates, `
        + `${count(tree.length - seeds)} from another country first.`,
    top ? ` Most of these had it from ${nameOf(top[0])} (${top[1]}).` : "",
    all ? ` Of all infections by a host, ${percent(within, all)} stayed inside a country.` : ""];
}

/** The tree with its button for the rows left out: {parts, draw}; draw(width) draws it. */
function introductions(of) {
    const {tree} = of.transmission;
    const svg = svgElement("svg");
    let all = tree.length <= FIRST_ROWS;
    let known = 0;
    const label = () => (all ? `Show the first ${FIRST_ROWS}` : `Show all ${tree.length}`);
    const draw = (width) => {
        known = width;
        if (width) drawTree(svg, all ? tree : tree.slice(0, FIRST_ROWS), namesOf(of), of, width);
    };
    const more = all ? null : el("button", {type: "button", class: "more", onclick: () => {
        all = !all;
        more.textContent = label();
        draw(known);
    }}, label());
    return {parts: [svg, more], draw};
}

const ORDER = "Each country in the order of its first infection, below the one that it came from. The dot is "
    + "the time. The table of countries lists the same.";

export function flowsSection() {
    const body = el("div", {});
    let width = 0;
    let tree = null;
    onChoice(() => {
        const of = run();
        const {none, replicate} = of.transmission;
        tree = none || !of.countries ? null : introductions(of);
        if (!tree) {
            fill(body, el("p", {}, none));
            return;
        }
        fill(body,
            replicate === null ? null : el("p", {class: "quiet"},
                `Every replicate has a tree of its own; this is replicate ${replicate}.`),
            el("p", {}, inWords(of)),
            el("h3", {}, "First introductions"), el("p", {class: "quiet"}, ORDER), tree.parts,
            el("h3", {}, "Infections between countries"),
            el("p", {class: "quiet"}, `In ${unitName()}, from the country of the row to the country of the column. `
                + "From no host: seeds of the outbreak and poisoned updates."),
            scrolled("Infections between countries", matrixTable(of)));
        tree.draw(width);
    });
    onWidth(body, (now) => { width = now; tree?.draw(width); });
    return section("flows", "Who infected whom", body);
}
