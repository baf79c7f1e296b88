/** Places within a circle or a box. geo.c:georadiusGeneric */
import type { ByteString } from '../../base/bytes.ts';
import { narrowed, type Integer } from '../../base/integers.ts';
import { partialSort } from '../../base/partial-sort.ts';
import type { Reply } from '../../resp/reply.ts';
import { doubleArgument, int64Argument, is, syntaxError } from '../arguments.ts';
import type { Handlers } from '../command.ts';
import type { Context } from '../context.ts';
import {
  cellsCovering,
  distanceWithin,
  placeOfScore,
  scoresOf,
  type Place,
  type Shape,
} from '../data/geohash.ts';
import {
  countWhile,
  membersByRank,
  scoreOf,
  sortedSetOf,
  type SortedSetValue,
} from '../data/sorted-set.ts';
import { errors, geoMissing, geoStoreWith, ReplyError } from '../errors.ts';
import { array, bulk, EMPTY_ARRAY, integer, ZERO } from '../replies.ts';
import { distanceReply, placeArgument, placeReply, unitArgument } from './geo.ts';

export const geoSearchCommands: Handlers = {
  georadius: (ctx, argv) => search(ctx, argv, { form: 'coordinates', source: 1, mayStore: true }),
  georadius_ro: (ctx, argv) =>
    search(ctx, argv, { form: 'coordinates', source: 1, mayStore: false }),
  georadiusbymember: (ctx, argv) =>
    search(ctx, argv, { form: 'member', source: 1, mayStore: true }),
  georadiusbymember_ro: (ctx, argv) =>
    search(ctx, argv, { form: 'member', source: 1, mayStore: false }),
  geosearch: (ctx, argv) => search(ctx, argv, { form: 'search', source: 1, mayStore: false }),
  geosearchstore: (ctx, argv) => search(ctx, argv, { form: 'search', source: 2, mayStore: true }),
};

interface Variant {
  readonly form: 'coordinates' | 'member' | 'search';
  /** Where the key stands that is searched. */
  readonly source: number;
  readonly mayStore: boolean;
}

/** What the words ask for; each part is undefined until it was named. */
interface Asked {
  centre?: Place;
  /** FROMMEMBER of a key that does not exist. */
  centreUnknown?: boolean;
  area?: Area;
  withDistance: boolean;
  withHash: boolean;
  withPlace: boolean;
  any: boolean;
  sort?: 'asc' | 'desc';
  count: number;
  target?: ByteString;
  storeDistance: boolean;
}

type Area =
  | { readonly kind: 'circle'; readonly radius: number; readonly unit: number }
  | {
      readonly kind: 'box';
      readonly width: number;
      readonly height: number;
      readonly unit: number;
    };

interface Found {
  readonly member: ByteString;
  readonly score: number;
  readonly place: Place;
  /** From the centre. */
  readonly meters: number;
}

function search(ctx: Context, argv: readonly ByteString[], variant: Variant): Reply {
  const zset = ctx.readKind(argv[variant.source]!, 'zset');
  const asked = searchArguments(argv, variant, zset);
  checkArguments(argv, variant, asked);
  if (zset === undefined)
    return asked.target === undefined ? EMPTY_ARRAY : deleteTarget(ctx, asked.target);
  const found = placesIn(zset, asked);
  if (asked.target !== undefined) return storePlaces(ctx, asked.target, found, asked, variant);
  return array(found.map((place) => placeFoundReply(place, asked)));
}

function searchArguments(
  argv: readonly ByteString[],
  variant: Variant,
  zset: SortedSetValue | undefined,
): Asked {
  const asked: Asked = {
    withDistance: false,
    withHash: false,
    withPlace: false,
    any: false,
    count: 0,
    storeDistance: false,
  };
  let i = variant.source + 1;
  if (variant.form === 'coordinates') {
    asked.centre = placeArgument(argv[2]!, argv[3]!);
    asked.area = circleArgument(argv[4]!, argv[5]!);
    i = 6;
  } else if (variant.form === 'member') {
    if (zset !== undefined) {
      asked.centre = placeOfMember(zset, argv[2]!);
      asked.area = circleArgument(argv[3]!, argv[4]!);
    }
    i = 5;
  } else if (variant.mayStore) asked.target = argv[1]!;
  while (i < argv.length) {
    const words = commonOption(argv, i, asked);
    i += words > 0 ? words : variantOption(argv, i, asked, variant, zset);
  }
  return asked;
}

/** How many words the option at `i` takes; 0 if it is none that all forms know. */
function commonOption(argv: readonly ByteString[], i: number, asked: Asked): number {
  const word = argv[i]!;
  if (is(word, 'WITHDIST')) asked.withDistance = true;
  else if (is(word, 'WITHHASH')) asked.withHash = true;
  else if (is(word, 'WITHCOORD')) asked.withPlace = true;
  else if (is(word, 'ANY')) asked.any = true;
  else if (is(word, 'ASC')) asked.sort = 'asc';
  else if (is(word, 'DESC')) asked.sort = 'desc';
  else if (is(word, 'COUNT') && i + 1 < argv.length) {
    const count = Number(int64Argument(argv[i + 1]!));
    if (count <= 0) throw new ReplyError(errors.geoCount);
    asked.count = count;
    return 2;
  } else return 0;
  return 1;
}

function variantOption(
  argv: readonly ByteString[],
  i: number,
  asked: Asked,
  { form, mayStore }: Variant,
  zset: SortedSetValue | undefined,
): number {
  const word = argv[i]!;
  const left = argv.length - i - 1;
  if (form !== 'search') {
    const storeDistance = is(word, 'STOREDIST');
    if (!mayStore || left < 1 || !(storeDistance || is(word, 'STORE'))) syntaxError();
    asked.target = argv[i + 1]!;
    asked.storeDistance = storeDistance;
    return 2;
  }
  const fromMember = asked.centreUnknown !== undefined;
  if (is(word, 'FROMMEMBER') && left >= 1 && (asked.centre === undefined || fromMember)) {
    asked.centreUnknown = zset === undefined;
    if (zset !== undefined) asked.centre = placeOfMember(zset, argv[i + 1]!);
    return 2;
  }
  if (is(word, 'FROMLONLAT') && left >= 2 && !fromMember) {
    asked.centre = placeArgument(argv[i + 1]!, argv[i + 2]!);
    return 3;
  }
  if (is(word, 'BYRADIUS') && left >= 2 && asked.area?.kind !== 'box') {
    asked.area = circleArgument(argv[i + 1]!, argv[i + 2]!);
    return 3;
  }
  if (is(word, 'BYBOX') && left >= 3 && asked.area?.kind !== 'circle') {
    asked.area = boxArgument(argv[i + 1]!, argv[i + 2]!, argv[i + 3]!);
    return 4;
  }
  if (!mayStore || !is(word, 'STOREDIST')) syntaxError();
  asked.storeDistance = true;
  return 1;
}

function checkArguments(argv: readonly ByteString[], { form }: Variant, asked: Asked): void {
  const { withDistance, withHash, withPlace, target } = asked;
  if (target !== undefined && (withDistance || withHash || withPlace)) {
    throw new ReplyError(
      geoStoreWith(form === 'search' ? 'GEOSEARCHSTORE' : 'STORE option in GEORADIUS'),
    );
  }
  if (form === 'search' && asked.centre === undefined && asked.centreUnknown !== true) {
    throw new ReplyError(geoMissing('FROMMEMBER or FROMLONLAT', argv[0]!));
  }
  if (form === 'search' && asked.area === undefined)
    throw new ReplyError(geoMissing('BYRADIUS and BYBOX', argv[0]!));
  if (asked.any && asked.count === 0) throw new ReplyError(errors.geoAny);
}

function placeOfMember(zset: SortedSetValue, member: ByteString): Place {
  const score = scoreOf(zset, member);
  if (score === undefined) throw new ReplyError(errors.geoMember);
  return placeOfScore(score);
}

function circleArgument(radiusWord: ByteString, unitWord: ByteString): Area {
  const radius = doubleArgument(radiusWord, errors.geoRadius);
  if (radius < 0) throw new ReplyError(errors.geoRadiusNegative);
  return { kind: 'circle', radius, unit: unitArgument(unitWord) };
}

function boxArgument(widthWord: ByteString, heightWord: ByteString, unitWord: ByteString): Area {
  const width = doubleArgument(widthWord, errors.geoWidth);
  const height = doubleArgument(heightWord, errors.geoHeight);
  if (height < 0 || width < 0) throw new ReplyError(errors.geoBoxNegative);
  return { kind: 'box', width, height, unit: unitArgument(unitWord) };
}

function shapeOf(centre: Place, area: Area): Shape {
  const { unit } = area;
  if (area.kind === 'circle') return { kind: 'circle', centre, radiusMeters: area.radius * unit };
  return { kind: 'box', centre, widthMeters: area.width * unit, heightMeters: area.height * unit };
}

function placesIn(zset: SortedSetValue, { centre, area, any, count, sort }: Asked): Found[] {
  const shape = shapeOf(centre!, area!);
  const most = count === 0 ? Infinity : count;
  const found: Found[] = [];
  for (const cell of cellsCovering(shape)) {
    if (any && found.length >= most) break;
    const { min, max } = scoresOf(cell);
    const from = countWhile(zset, (score) => score < min);
    for (const { member, score } of membersByRank(zset, from)) {
      if (score >= max) break;
      const place = placeOfScore(score);
      const meters = distanceWithin(shape, place);
      if (meters === undefined) continue;
      found.push({ member, score, place, meters });
      if (any && found.length >= most) break;
    }
  }
  const order = sort ?? (count > 0 && !any ? 'asc' : undefined);
  if (order !== undefined) sortByDistance(found, order, most);
  return found.slice(0, most);
}

/** As Redis: in full by a stable sort, or no further than the places that are told. */
function sortByDistance(found: Found[], order: 'asc' | 'desc', most: number): void {
  const nearer = (a: Found, b: Found): number =>
    a.meters > b.meters ? 1 : a.meters === b.meters ? 0 : -1;
  const compare = order === 'asc' ? nearer : (a: Found, b: Found) => -nearer(a, b);
  if (most >= found.length) found.sort(compare);
  else partialSort(found, compare, 0, most - 1);
}

function placeFoundReply(
  { member, score, place, meters }: Found,
  { withDistance, withHash, withPlace, area }: Asked,
): Reply {
  const parts: Reply[] = [bulk(member)];
  if (withDistance) parts.push(distanceReply(meters / area!.unit));
  if (withHash) parts.push(integer(wholeScore(score)));
  if (withPlace) parts.push(placeReply(place));
  return parts.length === 1 ? parts[0]! : array(parts);
}

/** A score as a 64-bit integer. */
function wholeScore(score: number): Integer {
  return narrowed(BigInt.asIntN(64, BigInt(Math.trunc(score))));
}

function storePlaces(
  ctx: Context,
  target: ByteString,
  found: readonly Found[],
  { storeDistance, area }: Asked,
  { form }: Variant,
): Reply {
  if (found.length === 0) return deleteTarget(ctx, target);
  const members = found.map(({ member, score, meters }) => ({
    member,
    score: storeDistance ? meters / area!.unit : score,
  }));
  const result = sortedSetOf(members, ctx.server.config);
  ctx.expireIfDue(target);
  ctx.set(target, result);
  ctx.notify('z', form === 'search' ? 'geosearchstore' : 'georadiusstore', target);
  ctx.changed(found.length);
  return integer(found.length);
}

function deleteTarget(ctx: Context, target: ByteString): Reply {
  if (ctx.remove(target)) {
    ctx.notify('g', 'del', target);
    ctx.changed();
  }
  return ZERO;
}
