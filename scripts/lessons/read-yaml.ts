/** A YAML file, checked by its JSON Schema; every complaint names the line. */
import { Validator, type OutputUnit, type Schema } from '@cfworker/json-schema';
import { LineCounter, parseDocument, isCollection, isNode, isPair, type Document } from 'yaml';
import type { Problem } from './problems.ts';

export interface CheckedYaml {
  readonly value: unknown;
  readonly problems: readonly Problem[];
  /** The line of a value, by the keys that lead to it. */
  readonly lineOf: (path: readonly (string | number)[]) => number | null;
}

export function readYaml(text: string, file: string, schema: Schema): CheckedYaml {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true });
  const lineOf = (path: readonly (string | number)[]): number | null =>
    lineAt(document, lines, path);
  const syntax = document.errors.map(({ message, pos }) => ({
    file,
    line: lines.linePos(pos[0]).line,
    what: message.split('\n')[0] ?? message,
  }));
  if (syntax.length > 0) return { value: null, problems: syntax, lineOf };
  const value: unknown = document.toJS({ maxAliasCount: 0 });
  const { valid, errors } = new Validator(schema, '2020-12', false).validate(value);
  if (valid) return { value, problems: [], lineOf };
  return {
    value,
    problems: plainest(errors).map((error) => explained(error, file, lineOf)),
    lineOf,
  };
}

/** Of a tree of complaints those that say something: the ones that lie deepest. */
function plainest(errors: readonly OutputUnit[]): readonly OutputUnit[] {
  const wrappers = new Set(['properties', 'items', '$ref', 'anyOf', 'oneOf', 'allOf', 'not']);
  const telling = errors.filter(({ keyword }) => !wrappers.has(keyword));
  const depth = ({ instanceLocation }: OutputUnit): number => instanceLocation.split('/').length;
  const deepest = Math.max(...telling.map(depth));
  const found = telling.filter((error) => depth(error) === deepest);
  const seen = new Set<string>();
  return found.filter(({ instanceLocation, error }) => {
    const key = `${instanceLocation} ${error}`;
    return seen.has(key) ? false : seen.add(key) !== undefined;
  });
}

function explained(
  { instanceLocation, error }: OutputUnit,
  file: string,
  lineOf: CheckedYaml['lineOf'],
): Problem {
  const path = instanceLocation
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
  return { file, line: lineOf(path), what: `${path.join('.') || 'the file'}: ${error}` };
}

function lineAt(
  document: Document,
  lines: LineCounter,
  path: readonly (string | number)[],
): number | null {
  for (let length = path.length; length >= 0; length--) {
    const last = path[length - 1];
    const holder = document.getIn(path.slice(0, Math.max(0, length - 1)), true);
    if (length > 0 && isCollection(holder)) {
      const pair = holder.items.find(
        (item) => isPair(item) && String(isNode(item.key) ? item.key.toJSON() : item.key) === last,
      );
      if (isPair(pair) && isNode(pair.key) && pair.key.range)
        return lines.linePos(pair.key.range[0]).line;
    }
    const node = document.getIn(path.slice(0, length), true);
    if (isNode(node) && node.range) return lines.linePos(node.range[0]).line;
  }
  return null;
}
