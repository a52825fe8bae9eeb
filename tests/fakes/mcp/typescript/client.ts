// A client on the official TypeScript SDK, which holds each answer against the tool's own output schema.
// `node client.ts PACKAGES FOLDER COMMAND [ARGUMENT...]`: starts the server in FOLDER; a call is a line of JSON on
// standard input, {"method": "callTool", "params": {...}}; its answer is a line on standard output.
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const [packages, cwd, command, ...args] = process.argv.slice(2);
const load = createRequire(join(packages, 'package.json'));
const { Client } = load('@modelcontextprotocol/client');
const { StdioClientTransport } = load('@modelcontextprotocol/client/stdio');

const client = new Client({ name: 'independent', version: '1.0.0' });
const env = JSON.parse(process.env.SERVER_ENVIRONMENT ?? '{}');
const transport = new StdioClientTransport({ command, args, cwd, env, stderr: 'pipe' });
const SLOWEST = 600_000;
let log = '';
transport.stderr?.on('data', (part: Buffer) => { log += part.toString(); });
const strange: string[] = [];
client.onerror = (error: Error) => strange.push(error.message);
client.onclose = () => process.stderr.write(log);
await client.connect(transport);

const own: Record<string, () => unknown> = {
  about: () => ({ server: client.getServerVersion(), instructions: client.getInstructions() }),
  // What came on standard output and is no message of the protocol ends up among the errors.
  heard: () => ({ log, strange }),
};
for await (const line of createInterface({ input: process.stdin })) {
  const { method, params } = JSON.parse(line);
  let answer: object;
  try {
    answer = { result: method in own ? own[method]() : await client[method](params, { timeout: SLOWEST }) };
  } catch (error) {
    answer = { error: (error as Error).message };
  }
  console.log(JSON.stringify(answer));
}
await client.close();
