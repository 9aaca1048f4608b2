// Amazon's DynamoDB Local, which cannot be told to listen on 127.0.0.1 only.
import { spawn } from 'node:child_process';
import { createServer, connect } from 'node:net';
import { createRequire } from 'node:module';
import path from 'node:path';

const folder = path.join(
  path.dirname(createRequire(import.meta.url).resolve('amplify-dynamodb-simulator/package.json')), 'emulator');

const port = await new Promise((resolve) => {
  const server = createServer().listen(0, '127.0.0.1', () => {
    const { port } = server.address();
    server.close(() => resolve(port));
  });
});

const java = spawn('java', [
  '-Djava.library.path=./DynamoDBLocal_lib', '-jar', 'DynamoDBLocal.jar',
  '-inMemory', '-disableTelemetry', '-port', String(port),
], { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] });
java.on('exit', (code) => process.exit(code ?? 1));
process.on('exit', () => java.kill('SIGKILL'));
process.on('SIGTERM', () => process.exit());
process.stdin.on('end', () => process.exit()).resume();

function announceOnceItAnswers() {
  const socket = connect(port, '127.0.0.1')
    .on('connect', () => {
      socket.destroy();
      console.log(JSON.stringify({ port }));
    })
    .on('error', () => setTimeout(announceOnceItAnswers, 50));
}
announceOnceItAnswers();
