/** The formats of `rdb` that print keys and values: json, diff, justkeys and justkeyvals. */
import { unreachable } from '../../base/assert.ts';
import type { ByteString } from '../../base/bytes.ts';
import { ascii } from '../../base/bytes.ts';
import { elements } from '../../engine/data/list.ts';
import { stringText } from '../../engine/data/string.ts';
import { pythonJson } from '../python-text.ts';
import { put, type OutputBuffer } from '../tool-steps.ts';
import { escapeBytes, escapeText, type Escape } from './escape.ts';
import { scoredMembers, type RdbRecord } from './records.ts';

/** Told of everything in the order of the file. */
export interface Format {
  start?(): void;
  database?(database: number): void;
  library?(code: ByteString): void;
  record(record: RdbRecord): void;
  end?(): void;
}

/** What a collection holds, as the formats show it. */
type Item =
  | { readonly kind: 'element'; readonly text: ByteString }
  | { readonly kind: 'pair'; readonly name: ByteString; readonly text: ByteString };

function* itemsOf({ value, written }: RdbRecord): Generator<Item> {
  if (typeof value !== 'object') return;
  switch (value.kind) {
    case 'raw':
    case 'stream':
      return;
    case 'list':
      for (const text of elements(value)) yield { kind: 'element', text };
      return;
    case 'set':
      for (const text of value.members) yield { kind: 'element', text };
      return;
    case 'hash':
      for (const [name, text] of value.fields) yield { kind: 'pair', name, text };
      return;
    case 'zset':
      for (const { member, score } of scoredMembers(value, written))
        yield { kind: 'pair', name: member, text: ascii(score) };
      return;
    default:
      return unreachable(value);
  }
}

function textOf({ value }: RdbRecord): ByteString | undefined {
  return typeof value !== 'object' || value.kind === 'raw' ? stringText(value) : undefined;
}

export function jsonFormat(output: OutputBuffer, escape: Escape): Format {
  const write = (text: string): void => put(output, text);
  const name = (text: ByteString): string => pythonJson(escapeText(text, escape, 'key'));
  const shown = (text: ByteString): string => pythonJson(escapeText(text, escape, 'value'));
  let databases = 0;
  let first = true;
  return {
    start: () => write('['),
    database: () => {
      write(databases++ === 0 ? '{' : '},{');
      first = true;
    },
    record: (record) => {
      write(`${first ? '' : ','}\r\n${name(record.key)}:`);
      first = false;
      const text = textOf(record);
      if (text !== undefined) return write(shown(text));
      const pairs = record.type !== 'list' && record.type !== 'set';
      write(pairs ? '{' : '[');
      let comma = '';
      for (const item of itemsOf(record)) {
        write(comma);
        if (item.kind === 'pair') write(`${name(item.name)}:`);
        write(shown(item.text));
        comma = ',';
      }
      write(pairs ? '}' : ']');
    },
    end: () => write(databases > 0 ? '}]' : ']'),
  };
}

export function keyValuesFormat(output: OutputBuffer, escape: Escape): Format {
  const write = (text: string): void => put(output, text);
  const name = (text: ByteString): string => escapeBytes(text, escape, 'key');
  const shown = (text: ByteString): string => escapeBytes(text, escape, 'value');
  let first = true;
  return {
    record: (record) => {
      write(`${first ? '' : ','}\r\n${name(record.key)} `);
      first = false;
      const text = textOf(record);
      if (text !== undefined) return write(shown(text));
      let comma = '';
      for (const item of itemsOf(record)) {
        write(comma);
        if (item.kind === 'pair') write(`${name(item.name)} `);
        write(shown(item.text));
        comma = ',';
      }
    },
  };
}

/** A key once, and then once more for each of its elements: the original pipes it through uniq. */
export function keysFormat(output: OutputBuffer, escape: Escape): Format {
  return {
    record: (record) => {
      const line = `${escapeBytes(record.key, escape, 'key')}\n`;
      put(output, line);
      for (const _ of itemsOf(record)) put(output, line);
    },
  };
}

/** A line an element, so that two sorted outputs can be compared. */
export function diffFormat(output: OutputBuffer, escape: Escape): Format {
  const name = (text: ByteString): string => escapeBytes(text, escape, 'key');
  const shown = (text: ByteString): string => escapeBytes(text, escape, 'value');
  return {
    record: (record) => {
      const key = `db=${record.database} ${name(record.key)}`;
      const text = textOf(record);
      if (text !== undefined) return put(output, `${key} -> ${shown(text)}\r\n`);
      const { value } = record;
      if (typeof value === 'object' && value.kind === 'stream')
        return put(output, `${key} -> stream-items=${value.length}\r\n`);
      let index = 0;
      for (const item of itemsOf(record)) {
        const element = shown(item.text);
        if (item.kind === 'element')
          put(
            output,
            record.type === 'list'
              ? `${key}[${index}] -> ${element}\r\n`
              : `${key} { ${element} }\r\n`,
          );
        else if (record.type === 'hash')
          put(output, `${key} . ${name(item.name)} -> ${element}\r\n`);
        else put(output, `${key} -> {${name(item.name)}, score=${element}}\r\n`);
        index++;
      }
    },
  };
}
