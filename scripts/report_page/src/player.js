// Play, pause and slider: goes through times in PLAY_MS, as fast as they lie apart.
import {bisector} from "d3-array";
import {el} from "./dom.js";

const PLAY_MS = 16000;
const after = bisector((value) => value).right;

/** Index of the last of `times` that is not after `at`. */
export const lastUntil = (times, at) => Math.max(after(times, at) - 1, 0);

/**
 * Controls for times, seconds in order, that times() gives: shown(frame) is called for each frame
 * that comes up. Returns {button, slider, stop, go}: go(frame) shows one.
 */
export function player(times, shown) {
    let request = null;
    let frame = 0;
    const slider = el("input", {type: "range", id: "map-time", min: 0, step: 1,
        "aria-label": "Time of the map", oninput: () => { stop(); go(Number(slider.value)); }});
    const button = el("button", {type: "button", id: "map-play", onclick: () => (request ? stop() : play())},
        "▶ Play");

    function go(to) {
        frame = to;
        slider.max = times().length - 1;
        slider.value = to;
        shown(to);
    }

    function stop() {
        cancelAnimationFrame(request);
        request = null;
        button.textContent = "▶ Play";
    }

    function play() {
        const last = times().length - 1;
        if (frame >= last) go(0);
        const fromS = times()[frame];
        let begin = null;
        const tick = (now) => {
            begin ??= now;
            const to = lastUntil(times(), fromS + (now - begin) / PLAY_MS * times()[last]);
            if (to !== frame) go(to);
            if (to >= last) stop();
            else request = requestAnimationFrame(tick);
        };
        request = requestAnimationFrame(tick);
        button.textContent = "❚❚ Pause";
    }

    return {button, slider, stop, go};
}
