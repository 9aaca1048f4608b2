// Amazon's own aggregator and deaggregator, and aggregates that neither of them would write.
import { createHash } from 'node:crypto';
import { createRequire } from 'node:module';
import agg from 'aws-kinesis-agg';
import { serve } from './lines.mjs';

const protobuf = createRequire(createRequire(import.meta.url).resolve('aws-kinesis-agg'))('protobufjs/minimal');
const { Writer } = protobuf;

const seal = (message, digestOf = message) => Buffer.concat(
  [Buffer.from('f3899ac2', 'hex'), message, createHash('md5').update(digestOf).digest()]);

// Field number and wire type.
const tag = (field, type) => (field << 3) | type;
const bytes = (writer, field, value) => writer.uint32(tag(field, 2)).bytes(value);
const text = (writer, field, value) => writer.uint32(tag(field, 2)).string(value);

function record({ key = 0, hashKey, data = 'x', tags = [], extra }) {
  const writer = Writer.create();
  if (key !== null) writer.uint32(tag(1, 0)).uint64(key);
  if (hashKey !== undefined) writer.uint32(tag(2, 0)).uint64(hashKey);
  if (data !== null) bytes(writer, 3, Buffer.from(data));
  for (const [name, value] of tags) {
    const one = Writer.create();
    text(one, 1, name);
    if (value !== undefined) text(one, 2, value);
    bytes(writer, 4, one.finish());
  }
  extra?.(writer);
  return writer.finish();
}

function message(keys, hashKeys, records, extra) {
  const writer = Writer.create();
  for (const key of keys) text(writer, 1, key);
  for (const key of hashKeys) text(writer, 2, key);
  for (const one of records) bytes(writer, 3, record(one));
  extra?.(writer);
  return Buffer.from(writer.finish());
}

const unknownFields = (writer) => {
  writer.uint32(tag(9, 0)).uint64(7);
  writer.uint32(tag(10, 1)).fixed64(7);
  writer.uint32(tag(11, 5)).fixed32(7);
  text(writer, 12, 'unknown');
  writer.uint32(tag(13, 3)).uint32(tag(1, 0)).uint32(1).uint32(tag(13, 4));
};

const two = message(['k', 'l'], [], [{ key: 0, data: 'x' }, { key: 1, data: 'y' }]);
const many = Array.from({ length: 20_000 }, (_, i) => i);

const odd = {
  'two records': () => seal(two),
  'no records': () => seal(message(['k'], ['1'], [])),
  'empty message': () => seal(Buffer.alloc(0)),
  'magic number alone': () => seal(two).subarray(0, 4),
  'magic number and less than a digest': () => seal(two).subarray(0, 12),
  'bad digest': () => seal(two, Buffer.from('something else')),
  'truncated': () => seal(two).subarray(0, -5),
  'message truncated under a good digest': () => seal(two.subarray(0, -1)),
  'bytes after the digest': () => Buffer.concat([seal(two), Buffer.from([0])]),
  'no protobuf under a good digest': () => seal(Buffer.from('ffffffffffffffffffffff', 'hex')),
  'unknown fields': () => seal(message(['k'], [], [{ extra: unknownFields }], unknownFields)),
  'tags': () => seal(message(['k'], [], [{ tags: [['name', 'value'], ['lonely']] }])),
  'a tag without its name': () => seal(message(['k'], [], [{ extra: (writer) => bytes(writer, 4, Buffer.alloc(0)) }])),
  'large tables': () => seal(message(
    many.map((i) => `k${i}`), many.map((i) => String(i)), many.map((i) => ({ key: i, hashKey: i, data: '' })))),
  'records before their tables': () => seal(message([], [], [{ data: 'x' }], (writer) => text(writer, 1, 'k'))),
  'the same key twice in the table': () => seal(message(['k', 'k'], [], [{ key: 0 }, { key: 1 }])),
  'empty data': () => seal(message(['k'], [], [{ data: '' }])),
  'partition key index out of range': () => seal(message(['k'], [], [{ key: 0 }, { key: 1 }])),
  'explicit hash key index out of range': () => seal(message(['k'], ['1'], [{ hashKey: 1 }])),
  'partition key index of 64 bits': () => seal(message(['k'], [], [{ key: '9223372036854775808' }])),
  'a record without data': () => seal(message(['k'], [], [{ data: null }])),
  'a record without a partition key index': () => seal(message(['k'], [], [{ key: null }])),
};

await serve({
  // Data in base64, as a Lambda function gets it.
  deaggregate: ({ partitionKey, data }) => new Promise((resolve, reject) => agg.deaggregateSync(
    { partitionKey, sequenceNumber: '1', data }, true, (error, records) => (error ? reject(error) : resolve(records)))),

  aggregate({ records }) {
    const aggregator = new agg.RecordAggregator();
    for (const { partitionKey, explicitHashKey, data } of records) {
      aggregator.addUserRecord({ partitionKey, explicitHashKey, data: Buffer.from(data, 'base64') });
    }
    const { partitionKey, data } = aggregator.build();
    return { partitionKey, data: data.toString('base64') };
  },

  odd: ({ name }) => odd[name]().toString('base64'),
  oddNames: () => Object.keys(odd),
});
