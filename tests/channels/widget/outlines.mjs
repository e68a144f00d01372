// Makes bot/channels/widget/states.json from the npm package us-atlas (ISC licence; U.S. Census Bureau data, public domain).
// In an empty folder: npm i us-atlas@3 topojson-client@3 topojson-simplify@3, copy this file there and run: node outlines.mjs > states.json
import { readFileSync } from 'node:fs';
import { feature } from 'topojson-client';
import { filter, filterWeight, presimplify, simplify } from 'topojson-simplify';

const CODES = `01AL 02AK 04AZ 05AR 06CA 08CO 09CT 10DE 11DC 12FL 13GA 15HI 16ID 17IL 18IN 19IA 20KS 21KY 22LA 23ME 24MD 25MA 26MI 27MN 28MS
  29MO 30MT 31NE 32NV 33NH 34NJ 35NM 36NY 37NC 38ND 39OH 40OK 41OR 42PA 44RI 45SC 46SD 47TN 48TX 49UT 50VT 51VA 53WA 54WV 55WI 56WY`;
const codes = Object.fromEntries(CODES.split(/\s+/).map((entry) => [entry.slice(0, 2), entry.slice(2)]));
const [SMALLEST, GRID] = [0.05, 20]; // square degrees that a corner must be worth; steps in a degree

const detailed = presimplify(JSON.parse(readFileSync('node_modules/us-atlas/states-10m.json')));
const simple = simplify(detailed, SMALLEST);
const topology = filter(simple, filterWeight(simple, SMALLEST * 4));
const outlines = {};
for (const { id, geometry } of feature(topology, topology.objects.states).features) {
  if (!codes[id] || !geometry) continue;
  const polygons = geometry.type === 'Polygon' ? [geometry.coordinates] : geometry.coordinates;
  outlines[codes[id]] = polygons.map(([ring]) => steps(ring)).filter((text) => text.match(/\d+/g).length > 6).sort((one, other) => other.length - one.length);
}
process.stdout.write(`${JSON.stringify(outlines).replaceAll('],', '],\n')}\n`);

function steps(ring) {
  const points = ring.slice(0, -1).map((point) => point.map((degrees) => Math.round(degrees * GRID)));
  const moved = points.map(([x, y], i) => (i ? [x - points[i - 1][0], y - points[i - 1][1]] : [x, y])).filter(([x, y], i) => !i || x || y);
  return moved.flat().join(' ').replaceAll(' -', '-');
}
