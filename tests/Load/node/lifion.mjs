// A polling consumer as JavaScript has it: lifion-kinesis at its defaults, checkpoints in DynamoDB included.
import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';
import { count, isOver, local, onEnd, options, ready, require } from './peer.mjs';

const Kinesis = require('lifion-kinesis');
const AWS = createRequire(require.resolve('lifion-kinesis'))('aws-sdk');

// Amazon's DynamoDB Local; a process of its own, so that its CPU time is not the consumer's.
async function startDynamoDb() {
  const server = spawn('node', [require.resolve('./dynamodb-local.mjs')], { stdio: ['pipe', 'pipe', 'inherit'] });
  onEnd(() => server.stdin.end());
  for await (const line of createInterface({ input: server.stdout })) return `http://127.0.0.1:${JSON.parse(line).port}`;
  throw new Error('DynamoDB Local did not start; run tests/Conformance/install.sh');
}

// The SDK's own requests; lifion-kinesis tells only of those that brought records.
AWS.events.on('send', ({ request: { operation } }) => {
  if (operation === 'getRecords') count({ calls: 1 });
});

const settings = { region: local.region, ...local.credentials };
const consumer = new Kinesis({
  ...settings,
  endpoint: options.endpoint,
  streamName: options.stream,
  createStreamIfNeeded: false,
  consumerGroup: `lifion-${process.pid}`,
  initialPositionInStream: options.from,
  shouldDeaggregate: true,
  // The data are no JSON; looking for it would only cost.
  shouldParseJson: false,
  dynamoDb: { ...settings, endpoint: options.dynamodb || await startDynamoDb() },
  logger: { warn: console.error, error: console.error },
});

consumer.on('data', ({ records }) => {
  let bytes = 0;
  let kinesisRecords = 0;
  let last;
  for (const { data, sequenceNumber } of records) {
    bytes += data.length;
    if (sequenceNumber !== last) kinesisRecords++;
    last = sequenceNumber;
  }
  if (!isOver) count({ records: records.length, bytes, kinesisRecords });
});

await consumer.startConsumer();
onEnd(() => consumer.stopConsumer());
ready();
