/** Regular expressions of POSIX, turned into the host's. */

const CLASSES: Readonly<Record<string, string>> = {
  alpha: 'A-Za-z',
  digit: '0-9',
  alnum: 'A-Za-z0-9',
  upper: 'A-Z',
  lower: 'a-z',
  space: '\\s',
  blank: ' \\t',
  punct: '!-\\/:-@\\[-`{-~',
  xdigit: '0-9A-Fa-f',
  print: ' -~',
  cntrl: '\\x00-\\x1f\\x7f',
  graph: '!-~',
};

/** A regular expression of POSIX as one of the host; undefined if it is none. */
export function posixRegex(
  source: string,
  form: 'basic' | 'extended' | 'fixed' | 'perl',
  flags: string,
): RegExp | undefined {
  try {
    return new RegExp(
      form === 'perl'
        ? source
        : form === 'fixed'
          ? source.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')
          : translated(source, form),
      flags,
    );
  } catch {
    return undefined;
  }
}

function translated(source: string, form: 'basic' | 'extended'): string {
  let out = '';
  for (let i = 0; i < source.length; i++) {
    const char = source.charAt(i);
    if (char === '[') {
      let end = i + 1;
      if (source.charAt(end) === '^') end++;
      if (source.charAt(end) === ']') end++;
      while (end < source.length && source.charAt(end) !== ']')
        end += source.startsWith('[:', end) ? Math.max(source.indexOf(':]', end) + 2 - end, 1) : 1;
      const body = source.slice(i + 1, end);
      const inner = body
        .replace(/^\^/, '')
        .replace(/\[:(\w+):\]/g, (_, name: string) => `\0${CLASSES[name] ?? ''}\0`);
      const escaped = inner
        .split('\0')
        .map((part, n) => (n % 2 === 1 ? part : part.replace(/[\\\]]/g, '\\$&')))
        .join('');
      out += `[${body.startsWith('^') ? '^' : ''}${escaped}]`;
      i = end;
    } else if (char === '\\') {
      const next = source.charAt(++i);
      if (form === 'basic' && '(){}|+?'.includes(next)) out += next;
      else if (next === '<' || next === '>') out += '\\b';
      else if (next === 'n' || next === 't' || /[wWsSbB1-9]/.test(next)) out += `\\${next}`;
      else out += /[A-Za-z]/.test(next) ? next : `\\${next}`;
    } else if (form === 'basic' && '(){}|+?'.includes(char)) out += `\\${char}`;
    else if (form === 'basic' && char === '*' && (out === '' || /(?:^|\()\^?$/.test(out)))
      out += '\\*';
    else out += char;
  }
  return out;
}
