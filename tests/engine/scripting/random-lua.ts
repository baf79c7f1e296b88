/** Random Lua programs of a seeded grammar: statements over a few variables, whose values are returned at the end. */
import { nextBelow, type RandomState } from '../../../src/base/random.ts';

/**
 * The order of keys that are tables or functions hangs on their addresses, so none are; and no text shows an address,
 * since a digest of it would differ. The order of all other keys is compared.
 */
const KEY =
  'local function key(k) if type(k) == "table" or type(k) == "function" then return type(k) end return k end';
const TOSTRING =
  'local text = tostring local tostring = function(v) local k = key(v) if k == v then return text(v) end return k end';
const PROLOGUE =
  'local a, b, c, s, u, t, f = 1, -2.5, 7, "abc", "10", {3, 1, 2, x = "y"}, function(p, ...) return p, select("#", ...) end';
const EPILOGUE = `local function show(v, d)
  if type(v) ~= "table" then return type(v) == "function" and "function" or tostring(v) end
  if d > 2 then return "..." end
  local r = {}
  for k, x in pairs(v) do r[#r + 1] = show(k, d + 1) .. "=" .. show(x, d + 1) end
  return "{" .. table.concat(r, ",") .. "}"
end
return {show(a, 0), show(b, 0), show(c, 0), show(s, 0), show(u, 0), show(t, 0), show(f, 0)}`;

/** `e`: an expression, `v`: a variable, `n`: a number, `q`: a text, `p`: a pattern, `b`: a block. */
const expressions = [
  ...['{v}', '{n}', '{q}', 'nil', 'true', '({e} + {e})', '({e} - {e})', '({e} * {e})'],
  ...['({e} / {e})', '({e} % {e})', '({e} ^ 2)', '({e} .. {e})', '(-{e})', '(not {e})', '(#{v})'],
  ...['({e} == {e})', '({e} ~= {e})', '({e} < {e})', '({e} <= {e})', '({e} and {e})'],
  ...['({e} or {e})', 't[{e}]', 't.x', '{{e}, {e}}', '{x = {e}, {e}}', 'f({e}, {e})', '(f({e}))'],
  ...['tostring({e})', 'tonumber({e})', 'type({e})', 'select(2, {e}, {e}, {e})', 'pcall(f, {e})'],
  ...[
    'select(2, pcall(error, {e}))',
    'math.floor({e})',
    'math.max({e}, {e})',
    'math.fmod({e}, {e})',
  ],
  ...[
    'string.rep({q}, {n} % 5)',
    'string.sub({e}, {n}, {n})',
    's:upper()',
    's:len()',
    's:byte({n})',
  ],
  ...['string.find({e}, {q})', 'string.match({e}, {p})', '(string.gsub({e}, {p}, {q}))'],
  ...[
    'string.format("%d|%5.2f|%s", {e}, {e}, {e})',
    'string.format("%q", {e})',
    'table.concat(t, ",")',
  ],
  ...['unpack(t)', 'next(t)', 'rawget(t, {e})', 'rawequal({e}, {e})', 'bit.band({e}, {e})'],
  ...['bit.lshift({e}, {n} % 31)', 'cjson.encode({e})', 'cjson.encode({{e}, {e}})'],
  ...['#cmsgpack.pack({e})', 'cmsgpack.unpack(cmsgpack.pack({e}))', 'struct.pack(">i4", {n})'],
  ...[
    '(function(...) local x, y = ... return y, x end)({e}, {e})',
    'setmetatable({}, {__index = t})[{e}]',
  ],
  ...[
    'setmetatable({}, {__add = function(x, y) return {n} end}) + {e}',
    'loadstring("return " .. {n})()',
  ],
  ...['coroutine.wrap(function(p) coroutine.yield({e}) end)()', 'redis.sha1hex({e})'],
];
const statements = [
  ...['{v} = {e}', '{v}, {v} = {e}, {e}', '{v}, {v} = {v}, {v}', 't[key({e})] = {e}', 't.x = {e}'],
  ...['local {v} = {e}', 'local {v}, {v} = f({e}, {e}, {e})', 'if {e} then {b} else {b} end'],
  ...[
    'for i = 1, {n} % 6 do {b} {v} = i end',
    'for i = {n} % 20, 1, -3 do if i < {n} then break end {b} end',
  ],
  ...[
    'for k, x in pairs(t) do u = string.sub(tostring(u), 1, 50) .. tostring(k) .. type(x) end',
    'for i, x in ipairs(t) do {v} = x end',
  ],
  ...['do local n = 0 while n < {n} % 5 do n = n + 1 {b} end end'],
  ...['do local n = 0 repeat n = n + 1 local done = n > {n} % 4 {b} until done end'],
  ...[
    'f = function(p, ...) {b} return p, {e} end',
    'local function f(p) if p == 0 then return {e} end return {e} end',
  ],
  ...[
    'table.insert(t, ({e}))',
    'table.insert(t, {n} % 9, {e})',
    'table.remove(t)',
    'pcall(table.sort, t)',
  ],
  ...[
    'pcall(function() {b} error({e}) end)',
    'local ok, e = pcall(function() return {e} end) {v} = e',
  ],
  ...['setmetatable(t, {__index = function(_, k) return k end, __len = f})', 'c = (c or 0) + 1'],
  ...[
    'do local k = {e} f = function(p) k = p return k end end',
    's = string.sub(tostring(s), 1, 50) .. {q}',
  ],
];
const texts = ['"abc"', '""', '"10"', '"0x1F"', '"a.b"', '"-3.5e1"', '"x y"', '"\\0z"'];
const patterns = [
  '"%a+"',
  '"(%w)(%w)"',
  '"^a"',
  '"b-c"',
  '"[^a]*"',
  '"%d+"',
  '"()"',
  '".-c$"',
  '"%f[%w]"',
  '"%b()"',
];
const numbers = ['0', '1', '2', '3', '-1', '0.5', '7', '1e3', '-2.75', '100', '3e10'];
const variables = ['a', 'b', 'c', 's', 'u', 't'];

/** The statements of a program, so that some can be left out. */
export function randomStatements(random: RandomState): string[] {
  const count = 1 + nextBelow(random, 8);
  return Array.from({ length: count }, () => expand(random, pick(random, statements), 3));
}

export function programOf(lines: readonly string[]): string {
  return [KEY, TOSTRING, PROLOGUE, ...lines, EPILOGUE].join('\n');
}

function expand(random: RandomState, template: string, depth: number): string {
  const text = expandAll(random, template, depth);
  // A function that calls itself under pcall does so 2^200 times.
  if (!/\bf = function|function f\(/.test(template)) return text;
  const start = text.indexOf('function');
  return text.slice(0, start + 10) + text.slice(start + 10).replace(/\bf([(,])/g, 'type$1');
}

function expandAll(random: RandomState, template: string, depth: number): string {
  return template.replace(/\{([evnqpb])\}/g, (_, kind: string) => {
    switch (kind) {
      case 'v':
        return pick(random, variables);
      case 'n':
        return pick(random, numbers);
      case 'q':
        return pick(random, texts);
      case 'p':
        return pick(random, patterns);
      case 'b':
        return depth <= 0 ? '' : expand(random, pick(random, statements), depth - 1);
      default:
        if (depth <= 0) return pick(random, [...variables, ...numbers, ...texts]);
        return expand(random, pick(random, expressions), depth - 1);
    }
  });
}

function pick<T>(random: RandomState, items: readonly T[]): T {
  return items[nextBelow(random, items.length)]!;
}
