/**
 * Library functions that call back, written in Lua: so a script can stop inside a comparison of table.sort as anywhere
 * else. The sort is ltablib.c:auxsort, since the order in which it compares can be seen.
 */
export const preludeSource = `
local function less(t, a, b, compare)
  if compare then return compare(a, b) end
  return a < b
end
local function auxsort(t, l, u, compare)
  while l < u do
    if less(t, t[u], t[l], compare) then t[l], t[u] = t[u], t[l] end
    if u - l == 1 then break end
    local i = floor((l + u) / 2)
    if less(t, t[i], t[l], compare) then t[i], t[l] = t[l], t[i]
    elseif less(t, t[u], t[i], compare) then t[i], t[u] = t[u], t[i] end
    if u - l == 2 then break end
    local pivot = t[i]
    t[i], t[u - 1] = t[u - 1], t[i]
    local j = u - 1
    i = l
    while true do
      i = i + 1
      while less(t, t[i], pivot, compare) do
        if i > u then complain('invalid order function for sorting') end
        i = i + 1
      end
      j = j - 1
      while less(t, pivot, t[j], compare) do
        if j < l then complain('invalid order function for sorting') end
        j = j - 1
      end
      if j < i then break end
      t[i], t[j] = t[j], t[i]
    end
    t[u - 1], t[i] = t[i], t[u - 1]
    if i - l < u - i then
      j = l
      i = i - 1
      l = i + 2
    else
      j = i + 1
      i, u = u, j - 2
    end
    auxsort(t, j, i, compare)
  end
end
local function sort(t, n, compare) auxsort(t, 1, n, compare) end
local function gmatch(s, p)
  local at = 1
  local function give(first, last, ...)
    if not first then at = #s + 2 return nil end
    at = last + 1
    if last < first then at = at + 1 end
    return ...
  end
  return function()
    if at > #s + 1 then return nil end
    return give(search(s, p, at))
  end
end
local function gsub(s, p, replacement, most, anchored)
  local parts, n, at, count = {}, 0, 1, 0
  local isTable = type(replacement) == 'table'
  local function give(last, ...)
    if not last then return nil end
    local value
    if isTable then value = replacement[(...)] else value = replacement(...) end
    local whole = sub(s, at, last)
    if not value then value = whole
    elseif type(value) ~= 'string' and type(value) ~= 'number' then
      complain('invalid replacement value (a ' .. type(value) .. ')')
    end
    n = n + 1
    parts[n] = value
    return last
  end
  while count < most do
    local last = give(matchAt(s, p, at, anchored))
    if last then count = count + 1 end
    if last and last >= at then at = last + 1
    elseif at <= #s then
      n = n + 1
      parts[n] = sub(s, at, at)
      at = at + 1
    else break end
    if anchored then break end
  end
  n = n + 1
  parts[n] = sub(s, at)
  return concat(parts), count
end
local function insert(t, last, at, value)
  for i = last, at + 1, -1 do rawset(t, i, rawget(t, i - 1)) end
  rawset(t, at, value)
end
local function remove(t, at, last)
  local removed = rawget(t, at)
  for i = at, last - 1 do rawset(t, i, rawget(t, i + 1)) end
  rawset(t, last, nil)
  return removed
end
local function caught(raised)
  local text = raised.err
  if type(text) == 'string' or type(text) == 'number' then return false, text end
  return false, raised, text
end
local function foreach(t, f)
  for k, v in next, t do
    local result = f(k, v)
    if result ~= nil then return result end
  end
end
local function foreachi(t, f)
  for i = 1, #t do
    local result = f(i, t[i])
    if result ~= nil then return result end
  end
end
local function wrap(co)
  return function(...) return resumeWrapped(co, ...) end
end
local function load(f, name)
  local parts, n = {}, 0
  while true do
    local ok, piece = pcall(f)
    if not ok then return nil, piece end
    if piece == nil or piece == '' then break end
    if type(piece) ~= 'string' and type(piece) ~= 'number' then return nil, 'reader function must return a string' end
    n = n + 1
    parts[n] = piece
  end
  return loadPieces(concat(parts), name)
end
return sort, gmatch, gsub, foreach, foreachi, wrap, load, insert, remove, caught
`;

export const preludeNames = [
  'sort',
  'gmatch',
  'gsub',
  'foreach',
  'foreachi',
  'wrap',
  'load',
  'insert',
  'remove',
  'caught',
] as const;

/** What the functions above use, by the names of natives. */
export const preludeNatives: Readonly<Record<string, string>> = {
  floor: 'math.floor',
  complain: 'complain',
  search: 'search',
  matchAt: 'matchAt',
  sub: 'string.sub',
  concat: 'table.concat',
  type: 'type',
  next: 'next',
  pcall: 'pcall',
  rawget: 'rawget',
  rawset: 'rawset',
  resumeWrapped: 'resumeWrapped',
  loadPieces: 'loadPieces',
};
