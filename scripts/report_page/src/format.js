// Numbers and times as a reader expects them.
import {format} from "d3-format";
import {utcFormat} from "d3-time-format";

const whole = format(",.0f");
const small = format(".3~g");

/** 12,345; 0.5; what is not there is a dash. */
export function count(value) {
    if (value === null || value === undefined || Number.isNaN(value)) return "–";
    return Number.isInteger(value) || Math.abs(value) >= 100 ? whole(value) : small(value);
}

/** 12k, 3.4M for axes. */
export const short = (value) => (value < 1000 ? small(value)
    : format(".3~s")(value).replace("G", "bn"));

/** Share of a whole in per cent. */
export function percent(part, of) {
    if (!of || part === null) return "–";
    const share = 100 * part / of;
    return `${share > 0 && share < 0.0001 ? "< 0.0001" : share < 0.1 ? format(".2~r")(share)
        : small(share)} %`;
}

const minutes = utcFormat("%-d %b %Y, %H:%M");
const seconds = utcFormat("%-d %b %Y, %H:%M:%S");
const MOST_FOR_SECONDS_S = 2 * 3600;

/** A time of a run, seconds since its start, by the clock (UTC); with seconds in short runs. */
export function clock(run, atS) {
    const date = new Date(Date.parse(run.start) + atS * 1000);
    return (run.series.time_s.at(-1) <= MOST_FOR_SECONDS_S ? seconds : minutes)(date);
}

const [day, hour, second] = ["%-d %b", "%H:%M", "%H:%M:%S"].map((form) => utcFormat(form));

/** A tick of a time axis: the day at midnight, else the clock. */
export const tick = (date) => (date % 86400e3 === 0 ? day : date % 60e3 === 0 ? hour : second)(date);

/** Time since the start: 3 d 4 h, 2 h 5 min, 40 s. */
export function elapsed(atS) {
    const parts = [["d", 86400], ["h", 3600], ["min", 60], ["s", 1]];
    const first = parts.findIndex(([, size]) => atS >= size);
    if (first < 0) return "0 s";
    const [unit, size] = parts[first];
    const [nextUnit, nextSize] = parts[first + 1] ?? [];
    const rest = nextSize ? Math.floor((atS % size) / nextSize) : 0;
    return `${Math.floor(atS / size)} ${unit}${rest ? ` ${rest} ${nextUnit}` : ""}`;
}
