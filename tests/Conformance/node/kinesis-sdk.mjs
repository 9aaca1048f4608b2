// Amazon's JavaScript client for Kinesis. JSON in and out as on the wire: bytes in base64, times in epoch seconds.
import * as kinesis from '@aws-sdk/client-kinesis';
import { createRequire } from 'node:module';
import { serve } from './lines.mjs';

const { NodeHttpHandler } = createRequire(createRequire(import.meta.url).resolve('@aws-sdk/client-kinesis'))(
  '@smithy/node-http-handler');

const clients = new Map();

function clientFor({ endpoint, http, accessKeyId = 'conformance', secretAccessKey = 'conformance' }) {
  const name = `${endpoint} ${http} ${accessKeyId} ${secretAccessKey}`;
  if (!clients.has(name)) {
    clients.set(name, new kinesis.KinesisClient({
      endpoint,
      region: 'us-east-1',
      credentials: { accessKeyId, secretAccessKey },
      maxAttempts: 1,
      // Its own handler speaks HTTP/2 with prior knowledge, also without TLS.
      ...(http === '1.1' ? { requestHandler: new NodeHttpHandler() } : {}),
    }));
  }
  return clients.get(name);
}

function toSdk(value, key) {
  if (key === 'Data') return Buffer.from(value, 'base64');
  if (key === 'Timestamp') return new Date(value * 1000);
  if (Array.isArray(value)) return value.map((item) => toSdk(item));
  if (value !== null && typeof value === 'object') {
    return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, toSdk(item, name)]));
  }
  return value;
}

function fromSdk(value) {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  if (value instanceof Date) return value.getTime() / 1000;
  if (Array.isArray(value)) return value.map(fromSdk);
  if (value !== null && typeof value === 'object') {
    return Object.fromEntries(
      Object.entries(value).filter(([name]) => name !== '$metadata').map(([name, item]) => [name, fromSdk(item)]));
  }
  return value;
}

async function call({ operation, input, ...client }) {
  try {
    return { output: fromSdk(await clientFor(client).send(new kinesis[`${operation}Command`](toSdk(input)))) };
  } catch (e) {
    const type = e.constructor.name;
    return { error: { code: e.name, type, status: e.$metadata?.httpStatusCode ?? 0, message: e.message } };
  }
}

await serve({
  call,

  operations: () => Object.keys(kinesis).filter((name) => /^[A-Z].*Command$/.test(name) && name !== '$Command')
    .map((name) => name.slice(0, -'Command'.length)),

  // Reads events until so many records have come, or an event says that the shard has ended.
  async subscribe({ input, records: wanted, ...client }) {
    const events = [];
    try {
      const { EventStream } = await clientFor(client).send(new kinesis.SubscribeToShardCommand(toSdk(input)));
      let count = 0;
      for await (const { SubscribeToShardEvent: event } of EventStream) {
        events.push(fromSdk(event));
        count += event.Records.length;
        if (count >= wanted || event.ChildShards?.length) break;
      }
      return { output: events };
    } catch (e) {
      return { error: { code: e.name, status: e.$metadata?.httpStatusCode ?? 0, message: e.message } };
    }
  },
});
