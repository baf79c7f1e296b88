/** Where secrets stand in what is typed at a shell: on command lines, in scripts, in the lines of files that are written there. */
import { ascii, sliceBytes, type ByteString } from '../base/bytes.ts';

/** A secret from `start` to before `end`, without the quotes around it. */
export interface SecretPlace {
  readonly start: number;
  readonly end: number;
}

const VALUE = String.raw`(?:"(?<double>(?:[^"\\]|\\.)+)"|'(?<single>[^']+)'|(?<bare>(?!\d?[<>])[^\s;|&<>()"'\x60]+))`;
const WITHIN = String.raw`[^;|&\n]*?`;
const CLIENTS = '(?:redis-cli|redis-benchmark|redis-dumper)';
const DIRECTIVES = '(?:requirepass|masterauth|tls-key-file-pass|tls-client-key-file-pass)';

/** Each ends in the secret. */
const patterns: readonly RegExp[] = [
  String.raw`\b${CLIENTS}\b${WITHIN}\s(?:-a|--pass|--password|--passphrase)[\s=]\s*${VALUE}`,
  String.raw`\bREDISCLI_AUTH=${VALUE}`,
  String.raw`(?:^|["'\n\r]|\b${CLIENTS}\b${WITHIN}\s|\bhello\s+[23]\s+)auth[ \t]+(?:[^\s;|&<>"']+[ \t]+)?${VALUE}`,
  String.raw`(?<!\bgrep\b${WITHIN})\b${DIRECTIVES}["']?[ \t]+(?:"(?<double>[^"\\]+)"|'(?<single>[^']+)'|(?<bare>(?!\d?[<>])[^\s;|&<>()"'\x60/]+))`,
  String.raw`\bsetuser\b${WITHIN}["'\\][<>](?<bare>[^\s"'<>]+)`,
  String.raw`\buser\s+\S+\s+(?:on|off)\b${WITHIN}\s>(?<bare>[^\s"'<>]+)`,
  String.raw`\brediss?://[^\s:@/]*:(?<bare>[^\s@]+)@`,
].map((source) => new RegExp(source, 'gdi'));

/**
 * The secrets in a text, in order. One that is given as `$name` is looked for where the variable is set: its name goes
 * into `variables`.
 */
export function secretsIn(text: ByteString, variables: Set<string>): readonly SecretPlace[] {
  const places: SecretPlace[] = [];
  const look = (pattern: RegExp): void => {
    for (const match of text.matchAll(pattern)) {
      const { double, single, bare } = match.indices?.groups ?? {};
      const [start, end] = double ?? single ?? bare ?? [0, 0];
      const variable = /^\$\{?(\w+)\}?$/.exec(text.slice(start, end))?.[1];
      if (variable !== undefined) variables.add(variable);
      else if (end > start) places.push({ start, end });
    }
  };
  patterns.forEach(look);
  for (const name of variables) look(new RegExp(`\\b${name}=${VALUE}`, 'gd'));
  places.sort((a, b) => a.start - b.start || b.end - a.end);
  return places.filter(({ start }, i) => i === 0 || start >= (places[i - 1]?.end ?? 0));
}

/**
 * The pieces of one text with other words for its secrets; what takes the place of a secret that was typed in several
 * pieces stands in the last of them. The very same array if there is none.
 */
export function withoutSecrets(
  pieces: readonly ByteString[],
  variables: Set<string>,
  standIn: (secret: ByteString) => ByteString,
): readonly ByteString[] {
  const text = ascii(pieces.join(''));
  const places = secretsIn(text, variables);
  const words = places.map(({ start, end }) => standIn(sliceBytes(text, start, end)));
  if (places.every(({ start, end }, i) => words[i] === text.slice(start, end))) return pieces;
  let begin = 0;
  return pieces.map((piece) => {
    const stop = begin + piece.length;
    let masked = '';
    let at = begin;
    for (const [i, { start, end }] of places.entries()) {
      if (end <= begin || start >= stop) continue;
      masked += text.slice(at, Math.max(at, start));
      if (end <= stop) masked += words[i] ?? '';
      at = Math.min(stop, end);
    }
    masked += text.slice(at, stop);
    begin = stop;
    return ascii(masked);
  });
}
