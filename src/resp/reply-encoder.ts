import { unreachable } from '../base/assert.ts';
import {
  type GrowableBytes,
  appendByte,
  appendDecimal,
  appendString,
} from '../base/growable-bytes.ts';
import { formatDoubleShortest } from '../base/doubles.ts';
import { formatInteger } from '../base/integers.ts';
import type { Protocol, Reply } from './reply.ts';

/** Appends a reply in the protocol version that the client speaks (networking.c:addReply…). */
export function encodeReply(reply: Reply, protocol: Protocol, sink: GrowableBytes): void {
  switch (reply.type) {
    case 'status':
      return appendLine(sink, PLUS, reply.value);
    case 'error':
      return appendLine(sink, MINUS, reply.value);
    case 'integer':
      return appendInteger(sink, reply.value);
    case 'bulk':
      if (reply.attributes !== undefined && protocol === 3) {
        appendHeader(sink, PIPE, reply.attributes.length);
        appendPairs(sink, reply.attributes, protocol);
      }
      return appendBulk(sink, DOLLAR, reply.value);
    case 'null':
      return appendString(sink, protocol === 3 ? '_\r\n' : '$-1\r\n');
    case 'null-array':
      return appendString(sink, protocol === 3 ? '_\r\n' : '*-1\r\n');
    case 'array':
      return appendAll(sink, ASTERISK, reply.value, protocol);
    case 'set':
      return appendAll(sink, protocol === 3 ? TILDE : ASTERISK, reply.value, protocol);
    case 'push':
      return appendAll(sink, protocol === 3 ? GREATER : ASTERISK, reply.value, protocol);
    case 'map':
      return appendMap(sink, reply.value, protocol);
    case 'double': {
      const digits = reply.text ?? formatDoubleShortest(reply.value);
      return protocol === 3 ? appendLine(sink, COMMA, digits) : appendBulk(sink, DOLLAR, digits);
    }
    case 'boolean':
      if (protocol === 3) return appendString(sink, reply.value ? '#t\r\n' : '#f\r\n');
      return appendString(sink, reply.value ? ':1\r\n' : ':0\r\n');
    case 'bignumber':
      return protocol === 3
        ? appendLine(sink, PAREN, reply.value)
        : appendBulk(sink, DOLLAR, reply.value);
    case 'verbatim':
      if (protocol === 3) return appendBulk(sink, EQUALS, `${reply.format}:${reply.value}`);
      return appendBulk(sink, DOLLAR, reply.value);
    default:
      return unreachable(reply);
  }
}

const PLUS = 0x2b;
const MINUS = 0x2d;
const COLON = 0x3a;
const DOLLAR = 0x24;
const ASTERISK = 0x2a;
const PERCENT = 0x25;
const TILDE = 0x7e;
const GREATER = 0x3e;
const COMMA = 0x2c;
const PAREN = 0x28;
const EQUALS = 0x3d;
const PIPE = 0x7c;

function appendLineBreak(sink: GrowableBytes): void {
  appendByte(sink, 0x0d);
  appendByte(sink, 0x0a);
}

/** A line break within the text would end the reply early: it becomes a blank, as in Redis. */
function appendLine(sink: GrowableBytes, marker: number, text: string): void {
  appendByte(sink, marker);
  const broken = text.includes('\r') || text.includes('\n');
  appendString(sink, broken ? text.replaceAll('\r', ' ').replaceAll('\n', ' ') : text);
  appendLineBreak(sink);
}

function appendInteger(sink: GrowableBytes, n: number | bigint): void {
  appendByte(sink, COLON);
  if (typeof n === 'number' && n >= 0) appendDecimal(sink, n);
  else appendString(sink, formatInteger(n));
  appendLineBreak(sink);
}

function appendHeader(sink: GrowableBytes, marker: number, count: number): void {
  appendByte(sink, marker);
  appendDecimal(sink, count);
  appendLineBreak(sink);
}

function appendBulk(sink: GrowableBytes, marker: number, text: string): void {
  appendHeader(sink, marker, text.length);
  appendString(sink, text);
  appendLineBreak(sink);
}

function appendAll(
  sink: GrowableBytes,
  marker: number,
  replies: readonly Reply[],
  protocol: Protocol,
): void {
  appendHeader(sink, marker, replies.length);
  for (const reply of replies) encodeReply(reply, protocol, sink);
}

function appendMap(
  sink: GrowableBytes,
  entries: readonly (readonly [Reply, Reply])[],
  protocol: Protocol,
): void {
  if (protocol === 3) appendHeader(sink, PERCENT, entries.length);
  else appendHeader(sink, ASTERISK, entries.length * 2);
  appendPairs(sink, entries, protocol);
}

function appendPairs(
  sink: GrowableBytes,
  entries: readonly (readonly [Reply, Reply])[],
  protocol: Protocol,
): void {
  for (const [key, value] of entries) {
    encodeReply(key, protocol, sink);
    encodeReply(value, protocol, sink);
  }
}
