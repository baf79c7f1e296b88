import { expect, test } from 'vitest';
import { ascii } from '../../src/base/bytes.ts';
import { cloneData } from '../../src/base/clone.ts';
import { Lab } from '../../src/lab/lab.ts';
import { planLab } from '../../src/lab/setup.ts';
import { runFingerprint } from './scripted-run.ts';

/** It pauses in a coroutine, in comparisons of a sort, in replacements, in a pattern, and under pcall. */
const SCRIPT = `local step = coroutine.wrap(function()
  local n = 0
  while true do n = n + 1 if n % 3000 == 0 then coroutine.yield(n) end end
end)
local t = {}
for i = 1, 60 do t[i] = (i * 37) % 101 .. "k" .. step() % 7 end
table.sort(t, function(a, b) for i = 1, 400 do end return a < b end)
local text = string.gsub(table.concat(t, ","), "%d+", function(digits)
  for i = 1, 900 do end
  return "<" .. digits .. math.random(9) .. ">"
end)
local found = string.find(string.rep("a", 16), string.rep("a*", 5) .. "b")
local ok, raised = pcall(function() for i = 1, 90000 do end error({err = "E " .. #text}) end)
redis.call("SET", "done", text .. tostring(found) .. tostring(raised))
for i = 1, 300000 do end
return redis.call("GET", "done")`;

test('a lab that is copied while a script runs goes on to the same bytes', () => {
  const plan = planLab({ lanes: [{ config: { appendfsync: 'always' } }] }, 1_795_225_880_000_000);
  if (typeof plan === 'string') throw new Error(plan);
  const lab = Lab.create(plan);
  const begin = lab.clock.now;
  lab.send([ascii('EVAL'), ascii(SCRIPT), ascii('0')], 'test', undefined, 7);
  const runs = (): boolean => {
    const { server } = lab.lanes[0]!.state;
    return server !== null && server.engine.scripting.running !== null;
  };
  const copies: Lab[] = [];
  for (let events = 0; events < 5000 && (copies.length === 0 || runs()); events++) {
    lab.runUntil(lab.clock.next()!, 1);
    if (runs()) copies.push(new Lab(cloneData(lab.state)));
  }
  expect(copies.length).toBeGreaterThan(3);
  const end = begin + 500_000;
  lab.runUntil(end, Infinity);
  const [answer] = lab.lanes[0]!.state.answers;
  expect(JSON.stringify(answer)).toContain('nilE ');
  const expected = runFingerprint(lab);
  for (const [i, copy] of copies.entries()) {
    copy.runUntil(end, Infinity);
    expect(runFingerprint(copy), `copy ${i}`).toBe(expected);
    expect(copy.lanes[0]!.state.answers, `copy ${i}`).toEqual([answer]);
  }
}, 120_000);
