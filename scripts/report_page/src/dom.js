// Elements without a framework. Texts become text nodes: nothing of a run file is read as HTML.

/** An element: attributes (`on…` are listeners; false and null leave out), then children or texts. */
export function el(name, attributes = {}, ...children) {
    const element = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) {
        if (value === false || value === null || value === undefined) continue;
        if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
        else element.setAttribute(key, value === true ? "" : value);
    }
    element.append(...children.flat(2).filter((child) => child !== null && child !== undefined));
    return element;
}

/** An element of a drawing, with attributes and children. */
export function svgElement(name, attributes = {}, ...children) {
    const element = document.createElementNS("http://www.w3.org/2000/svg", name);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    element.append(...children);
    return element;
}

/** A labelled choice of one of `options` ({value, text}). */
export function select(label, options, chosen, changed) {
    const box = el("select", {onchange: () => changed(box.value)}, options.map(({value, text}) =>
        el("option", {value, selected: String(value) === String(chosen)}, text)));
    return el("label", {}, label, box);
}

/** Radio buttons, one line: options are {value, text}. */
export function radios(legend, name, options, chosen, changed) {
    return el("fieldset", {}, el("legend", {}, legend), options.map(({value, text}) =>
        el("label", {}, el("input", {type: "radio", name, value, checked: value === chosen,
            onchange: () => changed(value)}), text)));
}

/** A section of the report with its heading. */
export function section(id, title, ...children) {
    return el("section", {id, "aria-labelledby": `${id}-title`},
        el("h2", {id: `${id}-title`}, title), ...children);
}

/** What may be wider than a phone, in a region that scrolls, also by keyboard. */
export const scrolled = (name, table) =>
    el("div", {class: "scroll", tabindex: 0, role: "region", "aria-label": `Table: ${name}`}, table);

/** Puts `children` in place of all that `parent` holds. */
export function fill(parent, ...children) {
    parent.replaceChildren(...children.flat(2).filter((child) => child !== null && child !== undefined));
}

/** Calls draw(width) now and whenever the width of `element` changes. */
export function onWidth(element, draw) {
    let known = 0;
    new ResizeObserver(([{contentRect: {width}}]) => {
        if (width > 0 && Math.abs(width - known) > 1) draw(known = width);
    }).observe(element);
}
