// Countries as shapes on an equal-area map, small ones as dots, by ISO 3166 alpha-2 code.
import {geoEqualEarth, geoPath} from "d3-geo";
import {feature} from "topojson-client";
import countryCodes from "i18n-iso-countries/codes.json";
import atlas from "world-atlas/countries-110m.json";
import small from "generated:small-countries";

export const WIDTH = 960;
const CENTRE_DEG = 11; // the seam lies in the Bering Strait, so that it cuts no country
const LEFT_OUT = "AQ"; // no hosts to speak of, and a third of the picture
// Natural Earth's areas without an ISO number, by name; Kosovo's code is the one in common use.
const WITHOUT_NUMBER = {Kosovo: "XK", "N. Cyprus": "CY", Somaliland: "SO"};

const byNumber = new Map(countryCodes.map(([alpha2, , number]) => [number, alpha2]));
const codeOf = ({id, properties}) => byNumber.get(id) ?? WITHOUT_NUMBER[properties?.name];

const shapes = feature(atlas, atlas.objects.countries).features
    .map((shape) => ({code: codeOf(shape), shape})).filter(({code}) => code !== LEFT_OUT);
const projection = geoEqualEarth().rotate([-CENTRE_DEG, 0])
    .fitWidth(WIDTH, {type: "FeatureCollection", features: shapes.map(({shape}) => shape)});
const path = geoPath(projection).digits(1);

export const HEIGHT = Math.ceil(path.bounds({type: "FeatureCollection",
    features: shapes.map(({shape}) => shape)})[1][1]);

/** [{code, d}] of outlines and [{code, x, y}] of dots. */
export const outlines = shapes.map(({code, shape}) => ({code, d: path(shape)}));
export const dots = small.map(({id, at: place}) => {
    const [x, y] = projection(place);
    return {code: byNumber.get(id), x, y};
}).filter(({code}) => code);
