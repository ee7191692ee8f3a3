// Which lines the epidemic curve shows: of one outbreak its states, vectors, …; or all runs compared.
import {elapsed} from "./format.js";
import {data, factor, run} from "./store.js";

const DWARFING = 8; // states without infection are hidden where they would flatten the others
const STATE_COLOURS = {susceptible: 5, exposed: 3, infectious: 1, encrypted: 6, removed: 6, inert: 2, immune: 7};
const DASHES = ["", "8 3", "3 2.5", "10 3 3 3"];

const firstBins = () => data.runs.find(({series}) => series.incidence)?.series.incidence;

/** What the curve can show of these runs: {value, text, forRuns}. */
export function quantities() {
    const bins = firstBins();
    return [
        {value: "state", text: "hosts by state", forRuns: false},
        {value: "infected", text: "infected hosts", forRuns: true},
        {value: "infections", text: "infections since the start", forRuns: true},
        ...(bins ? [{value: "incidence", text: `new infections per ${bins.unit}`, forRuns: true}] : []),
        {value: "vector", text: "infections by vector", forRuns: false},
    ];
}

const peak = (levels) => Math.max(...levels.map((row) => Math.max(...row)));

/** Numbers for lines with the same name get the same look in every quantity. */
function dressed(lines) {
    const taken = new Set(lines.map(({name}) => STATE_COLOURS[name]));
    const free = [0, 1, 2, 3, 4, 5, 6].filter((colour) => !taken.has(colour));
    let next = 0;
    let shown = 0; // hidden lines take no dashes from the others
    return lines.map((line) => ({...line, dash: DASHES[line.hidden ? 0 : shown++ % DASHES.length],
        colour: STATE_COLOURS[line.name] ?? free[next++ % free.length]}));
}

function curvesOf(of, quantity) {
    const {series} = of;
    if (quantity === "incidence") {
        // Bins of another width are brought to the unit that the curve is named after.
        const {unit, width_s: width} = firstBins();
        return series.incidence ? [{name: `new infections per ${unit}`, time_s: series.incidence.time_s,
            levels: scaled(series.incidence.levels, width / series.incidence.width_s)}] : [];
    }
    return series.curves.filter(({group}) => group === quantity)
        .map((curve) => ({...curve, time_s: series.time_s}));
}

/** Lines with scaled levels: {key, name, run, time_s, levels, colour, dash, hidden}. */
export function linesOf(quantity, compared) {
    if (compared) {
        return data.runs.flatMap((of, at) => curvesOf(of, quantity).slice(0, 1).map((curve) => ({
            ...curve, run: of, key: `run-${at}`, name: of.label, colour: at,
            dash: DASHES[at % DASHES.length], levels: scaled(curve.levels, factor(of))})));
    }
    const of = run();
    const curves = curvesOf(of, quantity);
    const infected = Math.max(...curves.filter((curve) => curve.infected)
        .map(({levels}) => peak(levels)), 1);
    return dressed(curves.map((curve) => ({...curve, run: of, key: `${quantity}-${curve.name}`,
        levels: scaled(curve.levels, factor(of)),
        hidden: quantity === "state" && !curve.infected && peak(curve.levels) > DWARFING * infected})));
}

const scaled = (levels, by) => levels.map((row) => row.map((value) => (value === null ? null : value * by)));

/** The median, or the only row. */
export const middle = ({levels}) => levels[levels.length >> 1];

/** True where clocks differ: then time counts from the start of each run. */
export const fromStart = (lines) => new Set(lines.map(({run: of}) => of.start)).size > 1;

/** Every time that a line has a value at, in order. */
export const timesOf = (lines) =>
    [...new Set(lines.flatMap(({time_s}) => time_s))].sort((a, b) => a - b);

export const timeName = (clockOf, lines, atS) => (fromStart(lines)
    ? `${elapsed(atS)} after the start` : `${clockOf(lines[0].run, atS)} UTC`);
