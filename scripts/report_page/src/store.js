// What the reader has chosen for the whole page, and who wants to know when it changes.

const listeners = [];

export const data = JSON.parse(document.getElementById("data").textContent);
export const chosen = {run: 0, unit: data.runs.some(({factor}) => factor !== 1) ? "real" : "modelled"};

export const run = () => data.runs[chosen.run];
/** Several files are compared with the first; several worms of one file are just different. */
export const compares = data.files > 1;
/** What a count of modelled hosts is multiplied with. */
export const factor = (of = run()) => (chosen.unit === "real" ? of.factor : 1);
export const unitName = () => (data.runs.every((one) => one.factor === 1) ? "hosts"
    : `${chosen.unit} hosts`);

export function choose(changes) {
    Object.assign(chosen, changes);
    for (const listener of listeners) listener(changes);
}

/** Calls listener({run or unit}) now, with both, and after each change. */
export function onChoice(listener) {
    listeners.push(listener);
    listener({...chosen});
}
