import { describe, expect, test } from 'vitest';
import { controlCompletions, controlHint } from '../../src/cli/control-completion.ts';

const lanes = ['everysec', 'always'];

describe('Tab on a line of the lab', () => {
  test.each<readonly [string, readonly string[]]>([
    ['!po', ['!power']],
    ['!lane e', ['!lane everysec']],
    ['!lane ', ['!lane everysec', '!lane always']],
    ['!lane everysec a', []],
    ['!step f', ['!step fsync']],
    ['!fault fsync-', ['!fault fsync-time', '!fault fsync-error']],
    [
      '!fault fsync-time 1s l',
      ['!fault fsync-time 1s lane=everysec', '!fault fsync-time 1s lane=always'],
    ],
    ['!power tail=z', ['!power tail=zero-filled']],
    ['!signal T', ['!signal TERM']],
    ['!workload o', ['!workload off']],
    ['!nothing ', []],
  ])('%j offers %j', (line, offers) => {
    expect(controlCompletions(line, lanes)).toEqual(offers);
  });
});

describe('the grey hint behind a line of the lab', () => {
  test.each([
    ['!lane', ' NAME'],
    ['!lane ', 'NAME'],
    ['!lane everysec ', ''],
    ['!fault ', 'KIND [VALUE] [lane=NAME] [path=PATH] [at=TIME] [until=TIME]'],
    ['!fault fsync-time ', 'DURATION [lane=NAME] [path=PATH] [at=TIME] [until=TIME]'],
    ['!fault fsync-time 1s at=2s ', '[lane=NAME] [path=PATH] [until=TIME]'],
    ['!fault lying-drive ', '[lane=NAME] [path=PATH] [at=TIME] [until=TIME]'],
    ['!power lane=a ', '[tail=lost|kept|zero-filled|holes|reordered|cut@BYTES]'],
    ['!play ', '[SPEED]'],
    ['!pause ', ''],
    ['!workload ', '{rate: 200/s, mix: ["SET k:{n} {n}"]}'],
    ['!nothing ', ''],
  ])('%j is followed by %j', (line, hint) => {
    expect(controlHint(line)).toBe(hint);
  });
});
