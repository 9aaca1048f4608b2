// A producer as JavaScript has it: aws-kinesis-agg packs, Amazon's SDK puts. What is refused it does not repeat.
import { randomBytes } from 'node:crypto';
import { count, end, isOver, local, onEnd, options, ready, require } from './peer.mjs';

const { RecordAggregator } = require('aws-kinesis-agg');
const { DescribeStreamSummaryCommand, KinesisClient, PutRecordsCommand } = require('@aws-sdk/client-kinesis');

// As the Sender of the system under test; and the service's limit.
const callBytes = 1024 * 1024;
const callRecords = 500;

// With a rate, what has come in 100 ms goes together: KPL's RecordMaxBufferedTime.
const userRecordsPerCall = Math.max(1, Math.ceil(options.rate / 10));

const client = new KinesisClient({ endpoint: options.endpoint, maxAttempts: 1, ...local });
const data = randomBytes(options['record-size']);
const keys = Array.from({ length: options.keys }, (_, i) => `key-${i}`);
const aggregator = new RecordAggregator();
const calls = new Set();
let made = 0;

function* batch() {
  const last = Math.min(made + userRecordsPerCall, options.records);
  for (let bytes = 0, records = 0; bytes < callBytes && records < callRecords && made < last; records++) {
    const before = made;
    while (aggregator.totalBytes < options['aggregate-bytes'] && made < last) {
      aggregator.addUserRecord({ partitionKey: keys[made++ % keys.length], data });
    }
    const aggregate = aggregator.build();
    bytes += aggregate.data.length;
    yield { users: made - before, entry: { PartitionKey: aggregate.partitionKey, Data: aggregate.data } };
  }
}

async function put(records) {
  const all = records.reduce((sum, { users }) => sum + users, 0);
  try {
    const { Records: results } = await client.send(
      new PutRecordsCommand({ StreamName: options.stream, Records: records.map(({ entry }) => entry) }));
    const stored = records.filter((_, i) => !results[i].ErrorCode);
    const users = stored.reduce((sum, { users }) => sum + users, 0);
    count({ records: users, bytes: users * data.length, calls: 1, kinesisRecords: stored.length, failed: all - users });
  } catch {
    count({ failed: all });
  }
}

const delay = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

await client.send(new DescribeStreamSummaryCommand({ StreamName: options.stream }));
onEnd(() => Promise.all(calls));
ready();
const begun = performance.now();
while (!isOver && made < options.records) {
  const early = made / options.rate * 1000 - (performance.now() - begun);
  if (early > 0) await delay(early);
  const call = put([...batch()]).finally(() => calls.delete(call));
  calls.add(call);
  if (calls.size >= options.calls) await Promise.race(calls);
}
await end();
