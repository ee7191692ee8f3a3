// A table that sorts by the column whose heading is pressed, with a button for the rows left out.
import {el, fill, scrolled} from "./dom.js";

/**
 * columns: {name, value(row) to sort by, text(row) to show, number: boolean}.
 * options: caption; sorted: index of the column that sorts at first, descending if a number;
 * most: rows shown before the button is pressed.
 */
export function sortable(columns, rows, {caption, sorted, most, name}) {
    const state = {column: sorted, up: !columns[sorted].number, all: false};
    const body = el("tbody");
    const more = el("button", {type: "button", class: "more", onclick: () => { state.all = !state.all; show(); }});

    function compare(a, b) {
        const {value} = columns[state.column];
        const [x, y] = [value(a), value(b)];
        if (x === y) return 0;
        // What has no value comes last either way.
        if (x === null || x === undefined) return 1;
        if (y === null || y === undefined) return -1;
        const order = typeof x === "string" ? x.localeCompare(y, "en") : x - y;
        return state.up ? order : -order;
    }

    const heads = columns.map((column, at) => el("th", {scope: "col", class: column.number ? "number" : false},
        el("button", {type: "button", onclick: () => {
            if (state.column === at) state.up = !state.up;
            else Object.assign(state, {column: at, up: !column.number || Boolean(column.time)});
            show();
        }}, column.name)));

    function show() {
        heads.forEach((head, at) => head.setAttribute("aria-sort",
            at === state.column ? (state.up ? "ascending" : "descending") : "none"));
        const ordered = [...rows].sort(compare);
        fill(body, ordered.slice(0, state.all ? rows.length : most).map((row) => el("tr", {},
            columns.map((column, at) => el(at ? "td" : "th",
                {class: column.number ? "number" : false, scope: at ? false : "row"}, column.text(row))))));
        more.textContent = state.all ? `Show the first ${most}` : `Show all ${rows.length}`;
    }

    show();
    return [el("p", {class: "quiet"}, caption), scrolled(name, el("table", {class: "sortable", "aria-label": name},
        el("thead", {}, el("tr", {}, heads)), body)),
    rows.length > most ? more : null];
}
