// Tables by country and by sector.
import {el, fill, section} from "./dom.js";
import {clock, count, percent} from "./format.js";
import {chosen, compares, data, factor, onChoice, run, unitName} from "./store.js";
import {sortable} from "./table.js";

const MOST_ROWS = 15;
const MOST_SECTORS = 30;

/** Rows {key, name, hosts, infected, low, high, before} of countries or sectors with any hosts. */
function rowsOf(places, baseline) {
    const keys = places.code ?? places.name;
    const before = new Map((baseline ? baseline.code ?? baseline.name : [])
        .map((key, at) => [key, baseline.infected[at]]));
    return keys.map((key, at) => ({key, name: places.name[at], hosts: places.hosts[at],
        infected: places.infected[at], low: places.low?.[at], high: places.high?.[at],
        before: before.get(key)})).filter(({hosts}) => hosts > 0);
}

function columnsOf(what, of, rows) {
    const by = factor();
    const range = ({low, high}) => (low === undefined ? ""
        : el("small", {}, `${count(low * by)} to ${count(high * by)}`));
    const columns = [
        {name: what, value: ({name}) => name, text: ({name}) => name},
        {name: rows.some(({low}) => low !== undefined) ? "Infected, 95 % range" : "Infected", number: true,
            value: ({infected}) => infected, text: (row) => [count(row.infected * by), range(row)]},
        {name: "Share", number: true, value: ({infected, hosts}) => infected / hosts,
            text: ({infected, hosts}) => percent(infected, hosts)},
        {name: "Hosts", number: true, value: ({hosts}) => hosts, text: ({hosts}) => count(hosts * by)},
    ];
    if (compares && chosen.run > 0) {
        const base = data.runs[0];
        columns.push({name: `Against ${base.label}`, number: true,
            value: (row) => (row.before === undefined ? null
                : row.infected * of.factor - row.before * base.factor),
            text: (row) => change(row.infected * of.factor,
                row.before === undefined ? null : row.before * base.factor)});
    }
    return columns;
}

/** Change of a number in per cent, signed. */
function change(now, before) {
    if (before === null) return "–";
    if (now === before) return "±0";
    if (before === 0) return "new";
    const value = 100 * (now / before - 1);
    return `${value > 0 ? "+" : "−"}${count(Math.abs(Number(value.toPrecision(2))))} %`;
}

function introductions(of) {
    const names = new Map((of.countries?.code ?? []).map((code, at) => [code, of.countries.name[at]]));
    return new Map((of.transmission.tree ?? []).map(([code, parent, atS]) =>
        [code, {atS, from: parent ? names.get(parent) ?? parent : "seed or update"}]));
}

function countryTable(of, baseline) {
    const rows = rowsOf(of.countries, baseline);
    const columns = columnsOf("Country", of, rows);
    const first = introductions(of);
    if (first.size) {
        columns.push({name: "First infected (UTC)", number: true, time: true,
            value: ({key}) => first.get(key)?.atS ?? null,
            text: ({key}) => (first.has(key) ? clock(of, first.get(key).atS) : "–")},
        {name: "From", value: ({key}) => first.get(key)?.from ?? null,
            text: ({key}) => first.get(key)?.from ?? "–"});
    }
    return sortable(columns, rows, {name: "Infected hosts by country", sorted: 1, most: MOST_ROWS,
        caption: captionOf(of)});
}

function captionOf(of) {
    const outbreak = of.transmission.replicate;
    return `In ${unitName()}, at the end (${clock(of, of.series.time_s.at(-1))} UTC).`
        + (outbreak === null || outbreak === undefined || !of.transmission.tree ? ""
            : ` First infections are those of replicate ${outbreak}.`) + " Press a heading to sort.";
}

function sectorTable(of, baseline) {
    const rows = rowsOf(of.sectors, baseline).map((row) => ({...row, name: row.name.replaceAll("_", " ")}));
    return sortable(columnsOf("Sector", of, rows), rows, {name: "Infected hosts by sector", sorted: 1,
        most: MOST_SECTORS, caption: `In ${unitName()}, at the end. Press a heading to sort.`});
}

function tableSection(id, title, table, none) {
    const body = el("div", {});
    onChoice(() => {
        const of = run();
        fill(body, of[id] ? table(of, chosen.run ? data.runs[0][id] : null) : el("p", {}, none));
    });
    return section(id, title, body);
}

export function placesSections() {
    return [tableSection("countries", "Countries", countryTable, "This world has no countries."),
        tableSection("sectors", "Sectors", sectorTable, "This world has no sectors.")];
}
