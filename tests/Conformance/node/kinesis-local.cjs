const path = require('node:path');

const plainPort = 4568;
process.env.KINESIS_MOCK_PLAIN_PORT = String(plainPort);
process.env.KINESIS_MOCK_TLS_PORT = '4567';
process.env.LOG_LEVEL = 'ERROR';
process.env.SHARD_LIMIT = '500';
for (const change of ['CREATE_STREAM', 'DELETE_STREAM', 'SPLIT_SHARD', 'MERGE_SHARDS', 'UPDATE_SHARD_COUNT',
  'REGISTER_STREAM_CONSUMER', 'DEREGISTER_STREAM_CONSUMER', 'START_STREAM_ENCRYPTION', 'STOP_STREAM_ENCRYPTION']) {
  process.env[`${change}_DURATION`] = '50ms';
}
require('./loopback.cjs').listenOnLoopback((port) => port === plainPort);
const main = require.resolve('kinesis-local/main.js');
process.chdir(path.dirname(main)); // It reads its certificate from there.
require(main);
