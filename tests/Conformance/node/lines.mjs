// The child's side of ForeignProcess: one JSON line when ready, one per call. Ends with its input.
import { createInterface } from 'node:readline';

export async function serve(methods) {
  console.log(JSON.stringify({ ready: true }));
  for await (const line of createInterface({ input: process.stdin })) {
    const { method, params } = JSON.parse(line);
    let answer;
    try {
      answer = { result: await methods[method](params) };
    } catch (e) {
      answer = { error: `${e.name}: ${e.message}` };
    }
    process.stdout.write(JSON.stringify(answer) + '\n');
  }
  process.exit();
}
