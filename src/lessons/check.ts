/**
 * Looks at a lab through a step's check: what holds, and for what does not hold yet, what is expected and what is there.
 * What happens (events, replies, log lines) is remembered once it was seen; what is (keys, offsets, files) is looked
 * at anew each time.
 */
import { utf8Decode, utf8Encode, type ByteString } from '../base/bytes.ts';
import { splitArguments } from '../base/split-arguments.ts';
import type { Lab } from '../lab/lab.ts';
import type { LabEvent, LabMillis } from '../lab/view.ts';
import { figure, keyKind } from './figures.ts';
import type { Assertion, Check, Comparison, Figure, Matchers, OffsetMatcher } from './lesson.ts';
import { matches, matcherText, type Value } from './matcher.ts';

/** What the last look has to go by. */
export interface Scene {
  readonly lab: Lab;
  /** When the step began. */
  readonly begunAt: LabMillis;
  /** What has happened since the last look, in order. */
  readonly events: readonly LabEvent[];
  /** Lines of the servers' logs since then, by lane. */
  readonly lines: ReadonlyMap<string, readonly string[]>;
  readonly answers: ReadonlyMap<string, { readonly right: boolean | null }>;
  /** Figures at the end of earlier steps, by step and name. */
  readonly frozen: ReadonlyMap<string, ReadonlyMap<string, Value>>;
  /** What was seen in this step, by the place of the assertion. */
  readonly seen: Map<string, Value>;
}

/** One assertion, for the learner: the page has the words. */
export interface Finding {
  readonly kind: string;
  /** The author's own words, by their key. */
  readonly as: string | null;
  /** What it is about: a key's name, a field, a path. */
  readonly about: string;
  readonly lane: string | null;
  readonly expected: string;
  /** Null: not yet there. */
  readonly actual: Value;
  readonly met: boolean;
}

export interface Look {
  readonly met: boolean;
  readonly findings: readonly Finding[];
}

export function look(check: Check, scene: Scene, place = ''): Look {
  if ('all' in check) {
    const parts = check.all.map((each, i) => look(each, scene, `${place}.${i}`));
    return {
      met: parts.every(({ met }) => met),
      findings: parts.flatMap(({ findings }) => findings),
    };
  }
  if ('any' in check) {
    const parts = check.any.map((each, i) => look(each, scene, `${place}.${i}`));
    const met = parts.find((part) => part.met);
    return met ?? { met: false, findings: parts.flatMap(({ findings }) => findings) };
  }
  if ('not' in check) {
    const { met, findings } = look(check.not, scene, `${place}.not`);
    const as = check.as ?? null;
    return {
      met: !met,
      findings: findings.map((each) => ({
        ...each,
        as: as ?? each.as,
        kind: `not-${each.kind}`,
        met: !each.met,
      })),
    };
  }
  if ('in_order' in check) return inOrder(check.in_order, scene, place);
  const findings = assertion(check, scene, place);
  return { met: findings.every(({ met }) => met), findings };
}

/** Each event counts for the first assertion that still waits for one. */
function inOrder(checks: readonly Check[], scene: Scene, place: string): Look {
  const key = `${place}.next`;
  let next = Number(scene.seen.get(key) ?? 0);
  const done: Finding[] = [];
  const pass = (events: readonly LabEvent[]): void => {
    for (let moved = true; moved;) {
      const check = checks[next];
      if (check === undefined) return;
      moved = look(check, { ...scene, events }, `${place}.${next}`).met;
      if (!moved) return;
      next++;
      events = [];
    }
  };
  for (const event of scene.events) pass([event]);
  pass([]);
  scene.seen.set(key, next);
  for (const [i, check] of checks.entries()) {
    const { findings } = look(check, { ...scene, events: [] }, `${place}.${i}`);
    done.push(...findings.map((each) => ({ ...each, met: i < next })));
  }
  return { met: next >= checks.length, findings: done };
}

interface Told {
  readonly kind: string;
  readonly about?: string;
  readonly expected: string;
  readonly actual: Value;
  readonly met: boolean;
}

function assertion(check: Assertion, scene: Scene, place: string): readonly Finding[] {
  const common = { as: check.as ?? null, lane: check.lane ?? null };
  return told(check, scene, place).map((each) => ({ about: '', ...each, ...common }));
}

function told(check: Assertion, scene: Scene, place: string): readonly Told[] {
  const { lab } = scene;
  const at = (name: string): Value => figure(lab, name, check.lane);
  if ('key' in check) return keyTold(check, scene);
  if ('digest' in check) return [digestTold(check, scene)];
  if ('reply' in check) return [replyTold(check, scene, place)];
  if ('info' in check) return figuresTold('info', check.info, (name) => at(`info:${name}`));
  if ('config' in check) return figuresTold('config', check.config, (name) => at(`config:${name}`));
  if ('figure' in check) return figuresTold('figure', check.figure, at);
  if ('manifest' in check)
    return figuresTold('manifest', check.manifest, (part) => at(`manifest:${part}`));
  if ('offset' in check)
    return Object.entries(check.offset).map(([name, wanted]) => offsetTold(name, wanted, at));
  if ('lost' in check || 'survived' in check) {
    const kind = 'lost' in check ? 'lost' : 'survived';
    const matcher = 'lost' in check ? check.lost : check.survived;
    const crashAt = at('crash.at');
    const isOfStep = typeof crashAt === 'number' && crashAt * 1000 >= scene.begunAt;
    const actual = isOfStep ? at(`${kind}.count`) : null;
    return [{ kind, expected: matcherText(matcher), actual, met: matches(matcher, actual) }];
  }
  if ('file' in check) return fileTold(check, scene);
  if ('server_log' in check) return [logTold(check, scene, place)];
  if ('event' in check) return [eventTold(check, scene, place)];
  if ('process' in check) {
    const actual = lab.lane(check.lane)?.state.status ?? null;
    return [{ kind: 'process', expected: check.process, actual, met: actual === check.process }];
  }
  if ('elapsed' in check) {
    const actual = Math.floor(lab.now - scene.begunAt);
    const expected = matcherText(check.elapsed);
    return [{ kind: 'elapsed', expected, actual, met: matches(check.elapsed, actual) }];
  }
  if ('answer' in check) return [answerTold(check, scene)];
  return [compareTold(check.compare, scene)];
}

function figuresTold(kind: string, wanted: Matchers, at: (name: string) => Value): Told[] {
  return Object.entries(wanted).map(([about, matcher]) => {
    const actual = at(about);
    return { kind, about, expected: matcherText(matcher), actual, met: matches(matcher, actual) };
  });
}

function keyTold(check: Extract<Assertion, { key: unknown }>, { lab }: Scene): Told[] {
  const { name: about, exists, type, value } = check.key;
  const lane = lab.lane(check.lane);
  const kind = lane === undefined ? null : keyKind(lane, about);
  const found: Told[] = [];
  if (exists !== undefined || (type === undefined && value === undefined)) {
    const wanted = exists ?? true;
    const isThere = kind !== null;
    found.push({
      kind: wanted ? 'key' : 'no-key',
      about,
      expected: '',
      actual: isThere ? figure(lab, `key:${about}`, check.lane) : null,
      met: isThere === wanted && (wanted || lane?.state.status === 'running'),
    });
  }
  if (type !== undefined)
    found.push({ kind: 'key-type', about, expected: type, actual: kind, met: kind === type });
  if (value !== undefined) {
    const actual = figure(lab, `key:${about}`, check.lane);
    const expected = matcherText(value);
    found.push({ kind: 'key-value', about, expected, actual, met: matches(value, actual) });
  }
  return found;
}

function digestTold(check: Extract<Assertion, { digest: unknown }>, scene: Scene): Told {
  const { same_as: step, same_as_lane: lane } = check.digest;
  const actual = figure(scene.lab, 'digest', check.lane);
  const wanted =
    lane === undefined
      ? (scene.frozen.get(step ?? '')?.get('digest') ?? null)
      : figure(scene.lab, 'digest', lane);
  return {
    kind: 'digest',
    about: step ?? lane ?? '',
    expected: shortDigest(wanted),
    actual: actual === null ? null : shortDigest(actual),
    met: actual !== null && actual === wanted,
  };
}

function shortDigest(digest: Value): string {
  return digest === null ? '' : `${String(digest).slice(0, 8)}…`;
}

function replyTold(
  check: Extract<Assertion, { reply: unknown }>,
  scene: Scene,
  place: string,
): Told {
  const { command, text } = check.reply;
  const wanted = words(command);
  for (const event of scene.events) {
    if (event.event !== 'reply' || !isLane(check.lane, event.lane, scene.lab)) continue;
    if (words(event.command) !== wanted) continue;
    const met = text === undefined || matches(text, event.text);
    scene.seen.set(`${place}.last`, event.text);
    if (met) scene.seen.set(place, event.text);
  }
  return {
    kind: 'reply',
    about: command,
    expected: text === undefined ? '' : matcherText(text),
    actual: scene.seen.get(place) ?? scene.seen.get(`${place}.last`) ?? null,
    met: scene.seen.has(place),
  };
}

/** Spelling and quoting aside. */
function words(line: string): string {
  const split: readonly ByteString[] = splitArguments(utf8Encode(line)) ?? [];
  return split
    .map((word, i) => (i === 0 ? utf8Decode(word).toUpperCase() : utf8Decode(word)))
    .join('\n');
}

function isLane(wanted: string | undefined, lane: string, lab: Lab): boolean {
  return (wanted ?? lab.lanes[0]?.state.id) === lane;
}

function offsetTold(name: string, wanted: OffsetMatcher, at: (name: string) => Value): Told {
  const actual = at(`offset.${name}`);
  if (typeof wanted !== 'object' || !('above' in wanted || 'equals' in wanted)) {
    const expected = matcherText(wanted);
    return { kind: 'offset', about: name, expected, actual, met: matches(wanted, actual) };
  }
  const [sign, other] =
    'above' in wanted ? (['>', wanted.above] as const) : (['=', wanted.equals] as const);
  const limit = at(`offset.${other}`);
  const isThere = typeof actual === 'number' && typeof limit === 'number';
  return {
    kind: 'offset',
    about: name,
    expected: `${sign} ${other} ${limit ?? ''}`.trim(),
    actual,
    met: isThere && (sign === '>' ? actual > limit : actual === limit),
  };
}

function fileTold(check: Extract<Assertion, { file: unknown }>, { lab }: Scene): Told[] {
  const { path: about, exists, size } = check.file;
  const actual = figure(
    lab,
    `file:${about.startsWith('/') ? about : `/data/${about}`}`,
    check.lane,
  );
  const found: Told[] = [];
  if (exists !== undefined || size === undefined) {
    const wanted = exists ?? true;
    const met = (actual !== null) === wanted;
    found.push({ kind: wanted ? 'file' : 'no-file', about, expected: '', actual, met });
  }
  if (size !== undefined) {
    const met = matches(size, actual);
    found.push({ kind: 'file-size', about, expected: matcherText(size), actual, met });
  }
  return found;
}

function logTold(
  check: Extract<Assertion, { server_log: unknown }>,
  scene: Scene,
  place: string,
): Told {
  const lane = check.lane ?? scene.lab.lanes[0]?.state.id ?? '';
  const line = scene.lines.get(lane)?.find((each) => each.includes(check.server_log));
  if (line !== undefined) scene.seen.set(place, line);
  const actual = scene.seen.get(place) ?? null;
  return { kind: 'server-log', expected: check.server_log, actual, met: actual !== null };
}

function eventTold(
  check: Extract<Assertion, { event: unknown }>,
  scene: Scene,
  place: string,
): Told {
  const { type, when = {} } = check.event;
  for (const event of scene.events) {
    if (!isOfType(event, type) || !('lane' in event) || !isLane(check.lane, event.lane, scene.lab))
      continue;
    const failing = Object.entries(when).find(
      ([name, matcher]) => !matches(matcher, figure(scene.lab, name, check.lane)),
    );
    if (failing === undefined) scene.seen.set(place, event.at);
    else scene.seen.set(`${place}.but`, figure(scene.lab, failing[0], check.lane));
  }
  const met = scene.seen.has(place);
  const expected = Object.entries(when).map(([name, matcher]) => `${name} ${matcherText(matcher)}`);
  return {
    kind: type,
    expected: expected.join(', '),
    // It happened, but not so.
    actual: (met ? scene.seen.get(place) : scene.seen.get(`${place}.but`)) ?? null,
    met,
  };
}

function isOfType(event: LabEvent, type: string): boolean {
  if (event.event === 'crash') return type === (event.kind === 'process-killed' ? 'kill' : 'power');
  return event.event === type;
}

function answerTold(check: Extract<Assertion, { answer: unknown }>, scene: Scene): Told {
  const { question: about, right } = check.answer;
  const given = scene.answers.get(about);
  const met = given !== undefined && (right !== true || given.right === true);
  return {
    kind: right === true ? 'right-answer' : 'answer',
    about,
    expected: '',
    actual: null,
    met,
  };
}

function compareTold({ left, is, right }: Comparison, scene: Scene): Told {
  const one = valueOf(left, scene);
  const other = valueOf(right, scene);
  return {
    kind: 'compare',
    about: left.figure,
    expected: `${signs[is]} ${other === null ? right.figure : String(other)}`,
    actual: one,
    met: isSo(one, is, other),
  };
}

const signs: Readonly<Record<Comparison['is'], string>> = {
  gt: '>',
  gte: '≥',
  eq: '=',
  lt: '<',
  lte: '≤',
};

function valueOf({ figure: name, step }: Figure, scene: Scene): Value {
  return step === undefined ? figure(scene.lab, name) : (scene.frozen.get(step)?.get(name) ?? null);
}

function isSo(one: Value, is: Comparison['is'], other: Value): boolean {
  if (one === null || other === null) return false;
  if (is === 'eq') return String(one) === String(other);
  const [a, b] = [Number(one), Number(other)];
  switch (is) {
    case 'gt':
      return a > b;
    case 'gte':
      return a >= b;
    case 'lt':
      return a < b;
    case 'lte':
      return a <= b;
  }
}

/** Every figure that a later step looks back at. */
export function figuresLookedBackAt(check: Check): readonly { step: string; name: string }[] {
  if ('all' in check) return check.all.flatMap(figuresLookedBackAt);
  if ('any' in check) return check.any.flatMap(figuresLookedBackAt);
  if ('not' in check) return figuresLookedBackAt(check.not);
  if ('in_order' in check) return check.in_order.flatMap(figuresLookedBackAt);
  if ('digest' in check)
    return check.digest.same_as === undefined
      ? []
      : [{ step: check.digest.same_as, name: 'digest' }];
  if (!('compare' in check)) return [];
  const { left, right } = check.compare;
  return [left, right].flatMap(({ step, figure: name }) =>
    step === undefined ? [] : [{ step, name }],
  );
}
