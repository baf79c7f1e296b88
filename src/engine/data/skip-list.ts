/**
 * A skip list whose links know how many places they pass (t_zset.c:zskiplist), so that ranks and ranges take
 * logarithmic time. It is arrays of numbers, not linked objects: plain data that a deep copy does not recurse into.
 *
 * Node `n` keeps its links in `links` from `starts[n]` on, two numbers a level: the next node, and how many places
 * further that stands. Node 0 is the head, and as a link means "none".
 */
import { EMPTY, type ByteString } from '../../base/bytes.ts';

export interface SkipList {
  readonly members: ByteString[];
  readonly scores: number[];
  /** The node before, 0 at the first. */
  readonly before: number[];
  /** How many levels a node has. */
  readonly levels: number[];
  readonly starts: number[];
  readonly links: number[];
  /** Nodes and runs of links (by level) that were removed, to be used again. */
  readonly freeNodes: number[];
  readonly freeLinks: number[][];
  level: number;
  length: number;
  /** The last node, 0 if there is none. */
  last: number;
  /** State of a xorshift generator, never 0; levels need no better chance. */
  chance: number;
}

const HEAD = 0;
/** Enough for 4^16 members. */
const MAX_LEVEL = 16;

export function newSkipList(): SkipList {
  return {
    members: [EMPTY],
    scores: [0],
    before: [HEAD],
    levels: [MAX_LEVEL],
    starts: [0],
    links: new Array<number>(MAX_LEVEL * 2).fill(0),
    freeNodes: [],
    freeLinks: Array.from({ length: MAX_LEVEL }, () => []),
    level: 1,
    length: 0,
    last: HEAD,
    chance: 0x9e3779b9,
  };
}

export function copySkipList(list: SkipList): SkipList {
  return {
    ...list,
    members: list.members.slice(),
    scores: list.scores.slice(),
    before: list.before.slice(),
    levels: list.levels.slice(),
    starts: list.starts.slice(),
    links: list.links.slice(),
    freeNodes: list.freeNodes.slice(),
    freeLinks: list.freeLinks.map((runs) => runs.slice()),
  };
}

/** The way of the last search: the node that was left at each level, and its rank. Used at once, never kept. */
const pathNodes = new Array<number>(MAX_LEVEL).fill(0);
const pathRanks = new Array<number>(MAX_LEVEL).fill(0);

function search(list: SkipList, score: number, member: ByteString): void {
  const { links, starts, scores, members } = list;
  let node = HEAD;
  let rank = 0;
  for (let level = list.level - 1; level >= 0; level--) {
    for (;;) {
      const at = starts[node]! + level * 2;
      const next = links[at]!;
      if (next === HEAD) break;
      const nextScore = scores[next]!;
      if (nextScore > score || (nextScore === score && members[next]! >= member)) break;
      rank += links[at + 1]!;
      node = next;
    }
    pathNodes[level] = node;
    pathRanks[level] = rank;
  }
}

/** Adds a member that is not in the list; returns its node. */
export function insertNode(list: SkipList, score: number, member: ByteString): number {
  search(list, score, member);
  const level = randomLevel(list);
  for (; list.level < level; list.level++) {
    pathNodes[list.level] = HEAD;
    pathRanks[list.level] = 0;
    list.links[list.level * 2 + 1] = list.length;
  }
  const node = takeNode(list, level);
  list.members[node] = member;
  list.scores[node] = score;
  const { links, starts } = list;
  const rank = pathRanks[0]!;
  for (let i = 0; i < level; i++) {
    const from = starts[pathNodes[i]!]! + i * 2;
    const to = starts[node]! + i * 2;
    const passed = rank - pathRanks[i]!;
    links[to] = links[from]!;
    links[to + 1] = links[from + 1]! - passed;
    links[from] = node;
    links[from + 1] = passed + 1;
  }
  for (let i = level; i < list.level; i++) links[starts[pathNodes[i]!]! + i * 2 + 1]!++;
  list.before[node] = pathNodes[0]!;
  const next = links[starts[node]!]!;
  if (next === HEAD) list.last = node;
  else list.before[next] = node;
  list.length++;
  return node;
}

export function removeNode(list: SkipList, node: number): void {
  search(list, list.scores[node]!, list.members[node]!);
  const { links, starts } = list;
  for (let i = 0; i < list.level; i++) {
    const from = starts[pathNodes[i]!]! + i * 2;
    if (links[from] === node) {
      const to = starts[node]! + i * 2;
      links[from + 1]! += links[to + 1]! - 1;
      links[from] = links[to]!;
    } else {
      links[from + 1]!--;
    }
  }
  const next = links[starts[node]!]!;
  if (next === HEAD) list.last = list.before[node]!;
  else list.before[next] = list.before[node]!;
  while (list.level > 1 && links[(list.level - 1) * 2] === HEAD) list.level--;
  list.length--;
  giveBack(list, node);
}

/** The new score of a member; its node stays the same if it keeps its place. Returns its node. */
export function moveNode(list: SkipList, node: number, score: number): number {
  const { scores, members } = list;
  const member = members[node]!;
  const before = list.before[node]!;
  const next = nextNode(list, node);
  const afterBefore = before === HEAD || precedes(scores[before]!, members[before]!, score, member);
  const beforeNext = next === HEAD || precedes(score, member, scores[next]!, members[next]!);
  if (afterBefore && beforeNext) {
    scores[node] = score;
    return node;
  }
  removeNode(list, node);
  return insertNode(list, score, member);
}

function precedes(
  score: number,
  member: ByteString,
  otherScore: number,
  otherMember: ByteString,
): boolean {
  return score < otherScore || (score === otherScore && member < otherMember);
}

/** 0 after the last. */
export function nextNode(list: SkipList, node: number): number {
  return list.links[list.starts[node]!]!;
}

/** The node at a rank that is within the list. */
export function nodeAt(list: SkipList, rank: number): number {
  const { links, starts } = list;
  let node = HEAD;
  let left = rank + 1;
  for (let level = list.level - 1; level >= 0 && left > 0; level--) {
    for (;;) {
      const at = starts[node]! + level * 2;
      if (links[at] === HEAD || links[at + 1]! > left) break;
      left -= links[at + 1]!;
      node = links[at]!;
    }
  }
  return node;
}

/** How many members stand before `node`. */
export function rankOfNode(list: SkipList, node: number): number {
  search(list, list.scores[node]!, list.members[node]!);
  return pathRanks[0]!;
}

/** How many members `isBefore` accepts; it accepts all up to some place and none beyond. */
export function countBefore(
  list: SkipList,
  isBefore: (score: number, member: ByteString) => boolean,
): number {
  const { links, starts, scores, members } = list;
  let node = HEAD;
  let rank = 0;
  for (let level = list.level - 1; level >= 0; level--) {
    for (;;) {
      const at = starts[node]! + level * 2;
      const next = links[at]!;
      if (next === HEAD || !isBefore(scores[next]!, members[next]!)) break;
      rank += links[at + 1]!;
      node = next;
    }
  }
  return rank;
}

/** Each further level is a quarter as likely. */
function randomLevel(list: SkipList): number {
  let x = list.chance;
  x ^= x << 13;
  x ^= x >>> 17;
  x ^= x << 5;
  list.chance = x;
  let level = 1;
  for (let bits = x >>> 0; level < MAX_LEVEL && (bits & 3) === 0; bits >>>= 2) level++;
  return level;
}

function takeNode(list: SkipList, level: number): number {
  const node = list.freeNodes.pop() ?? list.members.length;
  const run = list.freeLinks[level - 1]!.pop();
  list.levels[node] = level;
  list.starts[node] = run ?? list.links.length;
  if (run === undefined) for (let i = 0; i < level * 2; i++) list.links.push(0);
  return node;
}

function giveBack(list: SkipList, node: number): void {
  list.members[node] = EMPTY;
  list.freeNodes.push(node);
  list.freeLinks[list.levels[node]! - 1]!.push(list.starts[node]!);
}
