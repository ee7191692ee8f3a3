// The page as a reader has it: Debian's Chromium, headless, driven by playwright-core. Run by
// test_page.py, which makes the pages. Each test loads its page anew, into one tab: a tab costs more
// than the page.
import assert from "node:assert/strict";
import {createRequire} from "node:module";
import {after, before, describe, it} from "node:test";
import {pathToFileURL} from "node:url";

const load = createRequire(`${process.env.NODE_MODULES}/here.js`);
const {chromium} = load("playwright-core");
const {source: axe} = load("axe-core");
const pages = JSON.parse(process.env.PAGES);

const CHROMIUM_OPTIONS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync"];
let browser;
let page;
let wrong = [];

before(async () => {
    // The driver gives each browser a new user-data-dir of its own.
    browser = await chromium.launch({executablePath: process.env.CHROMIUM, headless: true,
        args: CHROMIUM_OPTIONS});
    page = await browser.newPage();
    page.on("console", (message) => wrong.push(`console: ${message.text()}`));
    page.on("pageerror", (error) => wrong.push(`error: ${error.stack}`));
    page.on("request", (request) => {
        if (!request.isNavigationRequest() && request.url() !== "data:,") wrong.push(`request: ${request.url()}`);
    });
});
after(() => browser?.close());

/** Runs check(page) on a page, and then nothing must have gone wrong in it. */
async function on(name, check, {width = 1200, colorScheme = "light"} = {}) {
    wrong = [];
    await page.setViewportSize({width, height: 900});
    await page.emulateMedia({colorScheme});
    await page.goto(pathToFileURL(pages[name]).href);
    await check();
    assert.deepEqual(wrong, []);
}

const fillOf = (page, code) => page.locator(`.map path[data-code="${code}"]`).first()
    .evaluate((shape) => getComputedStyle(shape).fill);
const number = async (locator) => Number((await locator.textContent()).replace(/[^0-9.]/g, ""));

describe("every page", () => {
    for (const name of Object.keys(pages)) {
        it(`${name}: no errors, nothing too wide`, () => on(name, async () => {
            assert.equal(await page.locator("main > section").count() >= 7, true);
            for (const width of [1200, 360]) {
                await page.setViewportSize({width, height: 800});
                await page.waitForTimeout(100); // the figures follow the width
                assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), width);
                const tooWide = await page.evaluate(() => [...document.querySelectorAll("body *")]
                    .filter((one) => !one.closest(".scroll, pre, .skip, svg")
                        && one.getBoundingClientRect().right > innerWidth + 1).map((one) => one.outerHTML));
                assert.deepEqual(tooWide, []);
            }
        }));
    }

    for (const [name, colorScheme] of [["wannacry", "light"], ["wannacry", "dark"], ["compared", "light"]]) {
        it(`${name}, ${colorScheme}: accessible`, () => on(name, async () => {
            assert.equal(await page.evaluate(() => getComputedStyle(document.body).backgroundColor),
                colorScheme === "dark" ? "rgb(20, 24, 29)" : "rgb(255, 255, 255)");
            await page.evaluate(axe);
            // Dark, only colours differ.
            const {violations} = await page.evaluate((options) => globalThis.axe.run(options),
                colorScheme === "dark" ? {runOnly: ["color-contrast"]} : {});
            assert.deepEqual(violations.map(({id, nodes}) => `${id}: ${nodes[0].html}`), []);
        }, {colorScheme}));
    }
});

describe("map", () => {
    it("slider moves the map and the words below it", () => on("wannacry", async () => {
        const slider = page.locator("#map-time");
        const atEnd = [await fillOf(page, "US"), await page.locator("#map-status").textContent()];
        await slider.fill("0");
        const atStart = [await fillOf(page, "US"), await page.locator("#map-status").textContent()];
        assert.notEqual(atStart[0], atEnd[0]);
        assert.match(atStart[1], /^12 May 2017, 07:24 UTC: no infected hosts/);
        assert.match(atEnd[1], /^15 May 2017, 07:24 UTC: [\d,]+ infected real hosts in \d+ countries; most in /);
        await slider.focus();
        await page.keyboard.press("End");
        assert.equal(await fillOf(page, "US"), atEnd[0]);
        await page.keyboard.press("ArrowLeft");
        assert.match(await page.locator("#map-status").textContent(), /^15 May 2017, 0[67]:/);
    }));

    it("plays and pauses", () => on("wannacry", async () => {
        const [button, slider] = [page.locator("#map-play"), page.locator("#map-time")];
        assert.equal(await button.textContent(), "▶ Play");
        await button.focus();
        await page.keyboard.press("Space");
        assert.equal(await button.textContent(), "❚❚ Pause");
        await page.waitForFunction(() => Number(document.getElementById("map-time").value) >= 5);
        const playing = Number(await slider.inputValue());
        assert.ok(playing < Number(await slider.getAttribute("max")), "it begins anew after the end");
        await button.click();
        const paused = await slider.inputValue();
        await page.waitForTimeout(400);
        assert.equal(await slider.inputValue(), paused);
        // On from where it was, not from the start.
        await button.click();
        await page.waitForFunction((from) => Number(document.getElementById("map-time").value) > from, Number(paused));
        await slider.press("End");
        assert.equal(await button.textContent(), "▶ Play");
    }));

    it("colours by number or share, and says both at the pointer", () => on("wannacry", async () => {
        const byNumber = await fillOf(page, "US");
        await page.getByRole("radio", {name: "share of the country’s hosts"}).check();
        assert.notEqual(await fillOf(page, "US"), byNumber);
        assert.match(await page.locator("svg.scale").textContent(), /% of the country’s hosts/);
        await page.locator('.map path[data-code="BR"]').first().hover();
        assert.match(await page.locator(".tooltip").textContent(),
            /^Brazil: [\d,]+ of [\d,]+ real hosts \([\d.]+ %\)$/);
    }));
});

describe("epidemic curve", () => {
    it("is read by keyboard and pointer", () => on("wannacry", async () => {
        const chart = page.locator("#curve-chart");
        await chart.focus();
        await page.keyboard.press("Home");
        assert.match(await chart.getAttribute("aria-valuetext"),
            /^At 12 May 2017, 07:24 UTC, real hosts: .*encrypted 0/);
        await page.keyboard.press("PageDown");
        await page.keyboard.press("ArrowRight");
        assert.equal(await chart.getAttribute("aria-valuenow"), "1");
        await page.keyboard.press("End");
        const legend = page.locator('[data-key="state-encrypted"] .number');
        const atEnd = await number(legend);
        assert.ok(atEnd > 0);
        const box = await chart.boundingBox();
        await page.mouse.move(box.x + box.width * 0.15, box.y + box.height / 2);
        assert.match(await page.locator("#curve-time").textContent(), /^At 12 May 2017, 1\d:\d\d UTC/);
        assert.equal(await number(legend) < atEnd, true);
    }));

    it("switches scale, quantity and lines", () => on("ensemble", async () => {
        const path = page.locator("#curve-chart .line").first();
        const linear = await path.getAttribute("d");
        await page.getByRole("radio", {name: "logarithmic"}).check();
        assert.notEqual(await path.getAttribute("d"), linear);
        assert.doesNotMatch(await page.locator("#curve-chart svg").innerHTML(), /NaN|Infinity/);
        assert.equal(await page.locator("#curve-chart .line").count(), 4);
        assert.equal(await page.locator("#curve-chart .band").count(), 8);
        await page.locator('[data-key="state-encrypted"]').click();
        assert.equal(await page.locator("#curve-chart .line").count(), 3);
        for (const quantity of ["infected", "infections", "incidence", "vector", "state"]) {
            await page.getByRole("combobox", {name: "Curve"}).selectOption(quantity);
            assert.doesNotMatch(await page.locator("#curve-chart svg").innerHTML(), /NaN|Infinity/);
            assert.ok(await page.locator("#curve-chart .line").count() > 0, quantity);
        }
    }));
});

describe("tables and counts", () => {
    it("sorts by the heading that is pressed, by keyboard too", () => on("wannacry", async () => {
        const rows = page.locator("#countries tbody tr");
        const cells = (column) => rows.evaluateAll((all, at) => all.map((row) => row.cells[at].textContent), column);
        const infected = (await cells(1)).map((text) => Number(text.replaceAll(",", "")));
        assert.deepEqual(infected, [...infected].sort((a, b) => b - a));
        const heading = page.locator("#countries th button", {hasText: "Country"});
        await heading.focus();
        await page.keyboard.press("Enter");
        const names = await cells(0);
        assert.deepEqual(names, [...names].sort((a, b) => a.localeCompare(b, "en")));
        assert.equal(await page.locator("#countries th[aria-sort=ascending]").textContent(), "Country");
        await page.keyboard.press("Enter");
        assert.ok((await cells(0))[0].localeCompare(names[0], "en") > 0);
        await page.locator("#countries th button", {hasText: "First infected"}).click();
        assert.equal((await cells(5))[0], "seed or update");
        assert.equal(await rows.count(), 15);
        await page.getByRole("button", {name: /^Show all 2\d\d$/}).click();
        assert.ok(await rows.count() > 200);
    }));

    it("counts in real or modelled hosts", () => on("wannacry", async () => {
        const first = page.locator("#countries tbody tr td").first();
        const real = await number(first);
        await page.getByRole("radio", {name: "modelled hosts"}).check();
        assert.equal(await number(first) * 750, real);
        assert.match(await page.locator("#map-status").textContent(), /infected modelled hosts/);
        assert.match(await page.locator("#curve-time").textContent(), /modelled hosts/);
    }));

    it("reaches everything by Tab", () => on("wannacry", async () => {
        const met = new Set();
        for (let press = 0; press < 40; press++) {
            await page.keyboard.press("Tab");
            met.add(await page.evaluate(() => document.activeElement.id || document.activeElement.name
                || document.activeElement.className || document.activeElement.tagName));
        }
        for (const wanted of ["skip", "unit", "scale", "curve-chart", "colour", "map-play", "map-time", "scroll",
            "more"]) {
            assert.ok(met.has(wanted), `${wanted} is not among ${[...met].join(", ")}`);
        }
    }));
});

describe("kinds of runs", () => {
    it("compares several, and shows the one that is chosen", () => on("compared", async () => {
        assert.equal(await page.locator("#comparison tbody tr").count(), 2);
        assert.equal(await page.locator("#curve-chart .line").count(), 2);
        const before = await page.locator("#map-status").textContent();
        await page.getByRole("combobox", {name: "Run"}).selectOption("1");
        assert.notEqual(await page.locator("#map-status").textContent(), before);
        assert.match(await page.locator("#countries thead").textContent(), /Against /);
        assert.equal(await page.locator("#curve-chart .line").count(), 2);
        await page.getByRole("radio", {name: "the chosen run"}).check();
        await page.getByRole("combobox", {name: "Curve"}).selectOption("state");
        assert.ok(await page.locator("#curve-chart .line").count() > 2);
    }));

    it("compares new infections per the same unit of time", () => on("units", async () => {
        await page.getByRole("combobox", {name: "Curve"}).selectOption("incidence");
        const [first, second] = (await page.locator("#curve .legend .number").allTextContents())
            .map((text) => Number(text.replaceAll(",", "")));
        // The same outbreak, in bins of an hour and of ten minutes: the same rate after the kill switch.
        assert.ok(first > 0 && Math.abs(second / first - 1) < 0.3, `${first} and ${second}`);
    }));

    it("draws who brought it to whom", () => on("wannacry", async () => {
        const rows = await page.locator(".tree .row").count();
        assert.ok(rows > 10);
        const [came, began] = [page.locator(".tree .row path"), page.locator(".tree circle.root")];
        assert.equal(await came.count() + await began.count(), rows);
        assert.ok(await page.locator(".flows tbody tr").count() > 5);
    }));

    it("says so where there is no map, no tree, no end", async () => {
        await on("flat", async () => {
            assert.equal(await page.locator(".map").isVisible(), false);
            assert.match(await page.locator("#map").innerText(), /no countries/);
        });
        await on("quantiles", async () => {
            assert.match(await page.locator("#flows").innerText(), /has no events/);
            assert.match(await page.locator("#words").innerText(), /sums of medians/);
        });
        await on("unfinished", async () =>
            assert.match(await page.locator("#unfinished").innerText(), /^Unfinished: A made-up outbreak/));
    });

    it("shows texts of a run file as texts", () => on("hostile", async () => {
        assert.match(await page.title(), /^<\/script><script>/);
        assert.match(await page.locator("h1").innerText(), /^<\/script><script>document.title="owned"/);
        assert.equal(await page.locator("main img").count(), 0);
    }));
});
