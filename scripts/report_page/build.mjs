// Bundles the page: build.mjs NODE_MODULES TARGET. Style, script, map and licences go into the
// template; scripts/report puts title and data in for each report.
import {readFileSync, writeFileSync} from "node:fs";
import {createRequire} from "node:module";
import {dirname, join, resolve} from "node:path";
import {fileURLToPath} from "node:url";

const [modules, target] = process.argv.slice(2).map((path) => resolve(path));
const here = dirname(fileURLToPath(import.meta.url));
const load = createRequire(join(modules, "here.js"));
const esbuild = load("esbuild");

/** Countries that the coarse map leaves out, as {code, at: [longitude, latitude]}, from the finer one. */
async function smallCountries() {
    const {geoCentroid} = await import(load.resolve("d3-geo"));
    const {feature} = load("topojson-client");
    const [coarse, fine] = ["110m", "50m"].map((scale) => load(`world-atlas/countries-${scale}.json`));
    const drawn = new Set(coarse.objects.countries.geometries.map(({id}) => id));
    return feature(fine, fine.objects.countries).features
        .filter(({id}) => id && !drawn.has(id))
        .map((shape) => ({id: shape.id, at: geoCentroid(shape).map((x) => Number(x.toFixed(2)))}));
}

const generated = {
    name: "generated",
    setup(build) {
        build.onResolve({filter: /^generated:/}, ({path}) => ({path, namespace: "generated"}));
        build.onLoad({filter: /.*/, namespace: "generated"}, async () => ({
            contents: JSON.stringify(await smallCountries()), loader: "json"}));
    },
};

const read = (name, file) => readFileSync(join(modules, name, file), "utf8");

/** The licences of every package that a part of is in the page. */
function licences(inputs) {
    const names = new Set(Object.keys(inputs)
        .map((path) => /.*node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1]).filter(Boolean));
    names.add("world-atlas");
    return [...names].sort().map((name) => {
        const {version, license} = JSON.parse(read(name, "package.json"));
        const text = read(name, "LICENSE").trim();
        return `${name} ${version} (${license})\n\n${text}`;
    }).join("\n\n----\n\n");
}

const bundled = await esbuild.build({
    entryPoints: [join(here, "src/main.js")], bundle: true, minify: true, write: false,
    metafile: true, format: "iife", target: "es2020", charset: "utf8", nodePaths: [modules],
    plugins: [generated], legalComments: "none",
});
const parts = {
    STYLE: readFileSync(join(here, "style.css"), "utf8"),
    SCRIPT: bundled.outputFiles[0].text.replaceAll("</script", "<\\/script"),
    LICENCES: licences(bundled.metafile.inputs).replaceAll("<", "‹"),
};
const page = readFileSync(join(here, "index.html"), "utf8")
    .replace(/@@(STYLE|SCRIPT|LICENCES)@@/g, (_, part) => parts[part]);
writeFileSync(target, page);
