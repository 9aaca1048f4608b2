// CBOR to JSON and back: bytes travel as {"$bytes": base64}, times as {"$time": epoch milliseconds}. Event streams are framed
// by Amazon's codec.
import cbor from 'cbor';
import { createRequire } from 'node:module';
import { serve } from './lines.mjs';

const { Tagged, Encoder } = cbor;

function toJson(value) {
  if (Buffer.isBuffer(value)) return { $bytes: value.toString('base64') };
  // Kinesis' times are milliseconds.
  if (value instanceof Tagged) return { $time: value.value };
  if (value instanceof Map) return Object.fromEntries([...value].map(([key, item]) => [key, toJson(item)]));
  if (Array.isArray(value)) return value.map(toJson);
  if (value !== null && typeof value === 'object') {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, toJson(item)]));
  }
  if (typeof value === 'bigint') return String(value);
  return value;
}

// The ways in which an encoder may write the same thing.
const styles = {
  plain: {},
  canonical: { canonical: true },
  // Every array, map and string in chunks of unknown number.
  chunked: { chunked: true },
  // Times as RFC 8949 has them: floating point seconds.
  seconds: { seconds: true },
};

function toCbor(value, style) {
  if (value !== null && typeof value === 'object' && '$bytes' in value) return Buffer.from(value.$bytes, 'base64');
  if (value !== null && typeof value === 'object' && '$time' in value) {
    return new Tagged(1, style.seconds ? new Double(value.$time / 1000) : value.$time);
  }
  if (Array.isArray(value)) return value.map((item) => toCbor(item, style));
  if (value !== null && typeof value === 'object') {
    return new Map(Object.entries(value).map(([key, item]) => [key, toCbor(item, style)]));
  }
  return value;
}

class Double {
  constructor(value) {
    this.value = value;
  }

  encodeCBOR(encoder) {
    const bytes = Buffer.alloc(9);
    bytes[0] = 0xfb;
    bytes.writeDoubleBE(this.value, 1);
    return encoder.push(bytes);
  }
}

function encode(value, style) {
  if (!style.chunked) {
    return Encoder.encodeOne(value, { canonical: !!style.canonical, highWaterMark: 64 * 1024 * 1024 });
  }
  const head = (byte) => Buffer.from([byte]);
  const chunks = (start, whole) => Buffer.concat(
    [head(start), ...[whole.subarray(0, 3), whole.subarray(3)].map((part) => Encoder.encodeOne(
      start === 0x5f ? part : part.toString('latin1'), { highWaterMark: 64 * 1024 * 1024 })), head(0xff)]);
  if (Buffer.isBuffer(value)) return chunks(0x5f, value);
  // Only ASCII is cut into chunks: each has to be valid UTF-8 for itself.
  if (typeof value === 'string' && /^[\x00-\x7f]*$/.test(value)) return chunks(0x7f, Buffer.from(value, 'latin1'));
  if (Array.isArray(value)) return Buffer.concat([head(0x9f), ...value.map((item) => encode(item, style)), head(0xff)]);
  if (value instanceof Map) {
    return Buffer.concat(
      [head(0xbf), ...[...value].flat().map((item) => encode(item, style)), head(0xff)]);
  }
  return Encoder.encodeOne(value);
}

const { EventStreamCodec } = createRequire(createRequire(import.meta.url).resolve('@aws-sdk/client-kinesis'))(
  '@smithy/core/event-streams');
const events = new EventStreamCodec((bytes) => Buffer.from(bytes).toString(), (text) => Buffer.from(text));

const encodeJson = (value, style) => encode(toCbor(value, styles[style]), styles[style]);

await serve({
  decode: ({ body }) => toJson(cbor.decodeAllSync(Buffer.from(body, 'base64'), { tags: { 1: (time) => new Tagged(1, time) } })),
  encode: ({ value, style }) => encodeJson(value, style).toString('base64'),

  // Each message: {headers: {name: text}, value}.
  eventStream: ({ messages, style }) => Buffer.concat(messages.map(({ headers, value }) => Buffer.from(events.encode({
    headers: Object.fromEntries(Object.entries(headers).map(([name, text]) => [name, { type: 'string', value: text }])),
    body: encodeJson(value, style),
  })))).toString('base64'),
});
