/** The scripts in files, and that they leave nothing out. */
import { expect, test } from 'vitest';
import { ascii } from '../../../src/base/bytes.ts';
import { newEngineFixture } from '../../support/engine-fixture.ts';
import { replyText } from '../../support/real-redis.ts';
import { scriptFiles } from './script-files.ts';
import { scriptSuite } from './script-suite.ts';

const files = scriptFiles();
scriptSuite(
  'scripts in files have the results that Redis gives',
  Object.fromEntries(files.map(({ title, scripts }) => [title, scripts])),
);

test('there are more than nine hundred scripts in files, each another', () => {
  const scripts = files.flatMap((file) => file.scripts);
  expect(new Set(scripts).size).toBeGreaterThan(900);
});

test('every function that a script finds is called by one of them', () => {
  const every = `local names = {}
    for key, value in pairs(_G) do
      if type(value) == "function" then names[#names + 1] = key end
      if type(value) == "table" and key ~= "_G" then
        for name, member in pairs(value) do
          if type(member) == "function" then names[#names + 1] = key .. "." .. name end
        end
      end
    end
    return names`;
  const fixture = newEngineFixture();
  const reply = fixture.run([ascii('EVAL'), ascii(every), ascii('0')])[0]!;
  const names = reply.type === 'array' ? reply.value.map((item) => replyText(item)) : [];
  expect(names.length).toBeGreaterThan(100);
  const text = files.flatMap((file) => file.scripts).join('\n');
  // As `string.rep(`, as `:rep(`, as `c.encode(` of a cjson.new(), or as an argument of pcall.
  const missing = names.filter((name) => {
    const last = name.split('.').at(-1)!;
    const library = name.split('.').slice(0, -1).join('.');
    const forms = [`${name}(`, `(${name}`];
    if (library === 'string') forms.push(`:${last}(`);
    if (library === 'cjson') forms.push(`c.${last}(`);
    return !forms.some((form) => text.includes(form));
  });
  expect(missing).toEqual([]);
});
