/**
 * Geohashes: a place on Earth as one number, whose bits halve latitude and longitude by turns (geohash.c and
 * geohash_helper.c). A cell is its two indices among the 2^step parts of either axis.
 */
import {
  preciseAsin as asin,
  preciseCos as cos,
  preciseSin as sin,
} from '../../base/precise-trigonometry.ts';

export interface Place {
  readonly longitude: number;
  readonly latitude: number;
}

interface Axis {
  readonly min: number;
  readonly max: number;
}

interface Projection {
  readonly longitude: Axis;
  readonly latitude: Axis;
}

export interface Cell {
  readonly longitude: number;
  readonly latitude: number;
  readonly step: number;
}

/** The area of a cell in degrees. */
interface Area {
  readonly longitude: Axis;
  readonly latitude: Axis;
}

export type Shape =
  | { readonly kind: 'circle'; readonly centre: Place; readonly radiusMeters: number }
  | {
      readonly kind: 'box';
      readonly centre: Place;
      readonly widthMeters: number;
      readonly heightMeters: number;
    };

/** What a Mercator map shows, to which places are confined (EPSG:900913). */
export const mercator: Projection = {
  longitude: { min: -180, max: 180 },
  latitude: { min: -85.05112878, max: 85.05112878 },
};

/** As geohash.org has it. */
export const wholeGlobe: Projection = {
  longitude: { min: -180, max: 180 },
  latitude: { min: -90, max: 90 },
};

/** 26 bits an axis: 52 bits, which a double holds. */
export const FINEST_STEP = 26;

export function cellOf(place: Place, step: number, projection: Projection = mercator): Cell {
  const parts = 1 << step;
  const { longitude, latitude } = projection;
  return {
    longitude: Math.trunc(
      ((place.longitude - longitude.min) / (longitude.max - longitude.min)) * parts,
    ),
    latitude: Math.trunc(((place.latitude - latitude.min) / (latitude.max - latitude.min)) * parts),
    step,
  };
}

/** The bits of a cell; a place at the very edge of the map has one more than 52. */
export function bitsOf({ longitude, latitude }: Cell): bigint {
  return BigInt(spread(latitude)) + 2n * BigInt(spread(longitude));
}

/** The scores of the places in a cell: `min` is one of them, `max` is not. */
export function scoresOf(cell: Cell): { min: number; max: number } {
  const bits = bitsOf(cell);
  const shift = BigInt(2 * (FINEST_STEP - cell.step));
  return { min: Number(bits << shift), max: Number((bits + 1n) << shift) };
}

/** The middle of the cell that a score stands for; any score stands for one. */
export function placeOfScore(score: number): Place {
  const bits = unsigned64(score);
  const low = Number(bits & 0xffff_ffffn);
  const high = Number(bits >> 32n);
  const { longitude, latitude } = areaOf({
    latitude: gather(low) + gather(high) * 0x10000,
    longitude: gather(low >>> 1) + gather(high >>> 1) * 0x10000,
    step: FINEST_STEP,
  });
  return {
    longitude: within(mercator.longitude, (longitude.min + longitude.max) / 2),
    latitude: within(mercator.latitude, (latitude.min + latitude.max) / 2),
  };
}

const ALPHABET = '0123456789bcdefghjkmnpqrstuvwxyz';

/** The eleven letters of geohash.org; 52 bits are ten letters, and the last is always 0. */
export function geohashText(place: Place): string {
  const bits = bitsOf(cellOf(place, FINEST_STEP, wholeGlobe));
  let text = '';
  for (let shift = 47n; shift > 0n; shift -= 5n)
    text += ALPHABET.charAt(Number((bits >> shift) & 0x1fn));
  return `${text}0`;
}

/** In meters, along a great circle. */
export function distanceBetween(a: Place, b: Place): number {
  const v = sin((radians(b.longitude) - radians(a.longitude)) / 2);
  if (v === 0) return latitudeDistance(a.latitude, b.latitude);
  const latitude = radians(a.latitude);
  const otherLatitude = radians(b.latitude);
  const u = sin((otherLatitude - latitude) / 2);
  return (
    2 * EARTH_RADIUS_METERS * asin(Math.sqrt(u * u + cos(latitude) * cos(otherLatitude) * v * v))
  );
}

/** The distance of a place from the centre of `shape`; undefined if it lies outside. */
export function distanceWithin(shape: Shape, place: Place): number | undefined {
  const { centre } = shape;
  if (shape.kind === 'box') {
    if (latitudeDistance(place.latitude, centre.latitude) > shape.heightMeters / 2)
      return undefined;
    const aside = distanceBetween(place, { longitude: centre.longitude, latitude: place.latitude });
    if (aside > shape.widthMeters / 2) return undefined;
    return distanceBetween(centre, place);
  }
  const distance = distanceBetween(centre, place);
  return distance > shape.radiusMeters ? undefined : distance;
}

/**
 * Up to nine cells that cover `shape`, its own first, in the order in which Redis looks into them: results that are
 * not sorted come in that order (geohashCalculateAreasByShapeWGS84).
 */
export function cellsCovering(shape: Shape): Cell[] {
  const { centre } = shape;
  const bounds = boundingBox(shape);
  let step = stepFor(shape);
  let cell = cellOf(centre, step);
  if (step > 1 && !neighboursCover(cell, bounds)) {
    step--;
    cell = cellOf(centre, step);
  }
  const area = areaOf(cell);
  const needed = (east: number, north: number): boolean => {
    if (step < 2) return true;
    if (east < 0 && area.longitude.min < bounds.longitude.min) return false;
    if (east > 0 && area.longitude.max > bounds.longitude.max) return false;
    if (north < 0 && area.latitude.min < bounds.latitude.min) return false;
    return !(north > 0 && area.latitude.max > bounds.latitude.max);
  };
  const cells = neighbourhood
    .filter(([east, north]) => needed(east, north))
    .map(([east, north]) => neighbour(cell, east, north));
  // In a coarse grid neighbours may be the same; only what was looked into last is compared, and the first never.
  const kept = [cell];
  for (const next of cells) {
    const last = kept[kept.length - 1]!;
    if (last === cell || last.longitude !== next.longitude || last.latitude !== next.latitude)
      kept.push(next);
  }
  return kept;
}

/** North, south, east, west, and the corners, as steps to the east and to the north. */
const neighbourhood: readonly (readonly [east: number, north: number])[] = [
  [0, 1],
  [0, -1],
  [1, 0],
  [-1, 0],
  [1, 1],
  [-1, 1],
  [1, -1],
  [-1, -1],
];

const RADIANS = 3.14159265358979323846 / 180;
const EARTH_RADIUS_METERS = 6372797.560856;
const MERCATOR_MAX = 20037726.37;

function radians(degrees: number): number {
  return degrees * RADIANS;
}

function degrees(angle: number): number {
  return angle / RADIANS;
}

function latitudeDistance(a: number, b: number): number {
  return EARTH_RADIUS_METERS * Math.abs(radians(b) - radians(a));
}

/** geohashEstimateStepsByRadius: finer cells for smaller shapes, coarser ones near the poles. */
function stepFor(shape: Shape): number {
  let meters = radiusOf(shape);
  if (meters === 0) return FINEST_STEP;
  let step = 1;
  for (; meters < MERCATOR_MAX; step++) meters *= 2;
  step -= 2;
  const latitude = Math.abs(shape.centre.latitude);
  if (latitude > 66) step -= latitude > 80 ? 2 : 1;
  return Math.max(1, Math.min(FINEST_STEP, step));
}

/** From the centre to the farthest point. */
function radiusOf(shape: Shape): number {
  if (shape.kind === 'circle') return shape.radiusMeters;
  const { widthMeters: width, heightMeters: height } = shape;
  return Math.sqrt((width / 2) * (width / 2) + (height / 2) * (height / 2));
}

function boundingBox(shape: Shape): Area {
  const { longitude, latitude } = shape.centre;
  const height = shape.kind === 'circle' ? shape.radiusMeters : shape.heightMeters / 2;
  const width = shape.kind === 'circle' ? shape.radiusMeters : shape.widthMeters / 2;
  const up = degrees(height / EARTH_RADIUS_METERS);
  const edge = latitude < 0 ? latitude - up : latitude + up;
  const aside = degrees(width / EARTH_RADIUS_METERS / cos(radians(edge)));
  return {
    longitude: { min: longitude - aside, max: longitude + aside },
    latitude: { min: latitude - up, max: latitude + up },
  };
}

function neighboursCover(cell: Cell, bounds: Area): boolean {
  return (
    areaOf(neighbour(cell, 0, 1)).latitude.max >= bounds.latitude.max &&
    areaOf(neighbour(cell, 0, -1)).latitude.min <= bounds.latitude.min &&
    areaOf(neighbour(cell, 1, 0)).longitude.max >= bounds.longitude.max &&
    areaOf(neighbour(cell, -1, 0)).longitude.min <= bounds.longitude.min
  );
}

/** Beyond the edge of the map the other edge follows. */
function neighbour({ longitude, latitude, step }: Cell, east: number, north: number): Cell {
  const parts = 1 << step;
  const moved = (index: number, by: number): number =>
    by === 0 ? index : (index + by + parts) % parts;
  return { longitude: moved(longitude, east), latitude: moved(latitude, north), step };
}

function areaOf({ longitude, latitude, step }: Cell): Area {
  return {
    longitude: part(mercator.longitude, longitude, step),
    latitude: part(mercator.latitude, latitude, step),
  };
}

function part({ min, max }: Axis, index: number, step: number): Axis {
  const parts = 1 << step;
  // Indices are 32 bits wide in Redis, so the one after the last of them is 0.
  const next = (index + 1) % 0x1_0000_0000;
  return { min: min + (index / parts) * (max - min), max: min + (next / parts) * (max - min) };
}

function within({ min, max }: Axis, value: number): number {
  return Math.max(min, Math.min(max, value));
}

/** The bits of an index below 2^27, each followed to the left by a gap. */
function spread(index: number): number {
  return spread16(index & 0xffff) + spread16(index >>> 16) * 0x1_0000_0000;
}

function spread16(bits: number): number {
  let x = bits;
  x = (x | (x << 8)) & 0x00ff00ff;
  x = (x | (x << 4)) & 0x0f0f0f0f;
  x = (x | (x << 2)) & 0x33333333;
  return (x | (x << 1)) & 0x55555555;
}

/** Every other bit of 32, beginning with the lowest. */
function gather(bits: number): number {
  let x = bits & 0x55555555;
  x = (x | (x >>> 1)) & 0x33333333;
  x = (x | (x >>> 2)) & 0x0f0f0f0f;
  x = (x | (x >>> 4)) & 0x00ff00ff;
  return (x | (x >>> 8)) & 0x0000ffff;
}

const TWO_TO_63 = 0x8000_0000_0000_0000;

/** A double as an unsigned 64-bit integer, as x86-64 converts it: what is out of range is 2^63, and +∞ is 0. */
function unsigned64(x: number): bigint {
  if (Math.abs(x) < TWO_TO_63) return BigInt.asUintN(64, BigInt(Math.trunc(x)));
  if (x >= TWO_TO_63 && x < 2 * TWO_TO_63) return BigInt(x);
  return x > 0 ? 0n : BigInt(TWO_TO_63);
}
