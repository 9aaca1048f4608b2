// What the peers in Node share: options, counts, the two lines, the end. The packages are those of tests/Conformance.
import { createRequire } from 'node:module';
import { parseArgs } from 'node:util';

export const require = createRequire(new URL('../../Conformance/node/package.json', import.meta.url));

const defaults = {
  endpoint: 'http://127.0.0.1:4567',
  stream: 'data-processing-stream',
  seconds: '',
  records: '',
  from: 'TRIM_HORIZON',
  'record-size': '200',
  keys: '10000',
  calls: '8',
  rate: '',
  'aggregate-bytes': '51200',
  dynamodb: '',
};

const numbers = ['seconds', 'records', 'record-size', 'keys', 'calls', 'rate', 'aggregate-bytes'];

// Also what an async function throws that nobody awaits.
process.on('uncaughtException', (error) => {
  console.error(`${error.name}: ${error.message}`);
  process.exit(1);
});

function parse() {
  const { values } = parseArgs({
    options: Object.fromEntries(Object.entries(defaults).map(([name, value]) => [name, { type: 'string', default: value }])),
  });
  for (const name of numbers) {
    values[name] = values[name] === '' ? Infinity : Number(values[name]);
    if (!(values[name] > 0)) throw new Error(`--${name} must be a number above 0`);
  }
  return values;
}

export const options = parse();

// What the SDKs want for a Kinesis on this machine, which verifies no signatures.
export const local = {
  region: 'us-east-1',
  credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
};

const counts = { records: 0, bytes: 0, calls: 0, kinesisRecords: 0, failed: 0 };
const ending = [];
let readyAt, firstAt, lastAt, processorTimeBefore;

// True once the run is over: stopped, its time up, or its records through.
export let isOver = false;

export function onEnd(action) {
  ending.push(action);
}

export function ready() {
  processorTimeBefore = process.cpuUsage();
  readyAt = performance.now();
  console.log(`ready ${JSON.stringify({ pid: process.pid })}`);
  if (options.seconds !== Infinity) setTimeout(end, options.seconds * 1000);
}

export function count(added) {
  if (added.records > 0) {
    lastAt = performance.now();
    firstAt ??= lastAt;
  }
  for (const [name, value] of Object.entries(added)) counts[name] += value;
  if (counts.records >= options.records) end();
}

export async function end() {
  if (isOver) return;
  isOver = true;
  if (readyAt === undefined) throw new Error('stopped before it was ready');
  for (const action of ending) await action();
  const { user, system } = process.cpuUsage(processorTimeBefore);
  const result = {
    ...counts,
    seconds: (performance.now() - readyAt) / 1000,
    activeSeconds: ((lastAt ?? 0) - (firstAt ?? 0)) / 1000,
    cpuSeconds: (user + system) / 1e6,
  };
  process.stdout.write(`result ${JSON.stringify(result)}\n`, () => process.exit());
}

process.on('SIGTERM', end);
process.stdin.on('end', end).on('close', end).resume();
