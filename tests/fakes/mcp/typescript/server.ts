// A training server on the official TypeScript SDK: camel case, one nested request, states as numbers.
// `node server.ts PACKAGES FOLDER [http]`: PACKAGES holds node_modules, FOLDER keeps the jobs.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const [packages, folder, transport] = process.argv.slice(2);
const load = createRequire(join(packages, 'package.json'));
const { McpServer, createMcpHandler } = load('@modelcontextprotocol/server');
const { serveStdio } = load('@modelcontextprotocol/server/stdio');
const { toNodeHandler } = load('@modelcontextprotocol/node');
const { z } = load('zod');

type Task = { uid: string; tag: string; base: string; phase: number; rows: number; epochs: number; sha: string[] };
const QUEUED = 0, RUNNING = 10, READY = 20, ABORTED = 40;

mkdirSync(folder, { recursive: true });
writeFileSync(join(folder, 'environment'), Object.keys(process.env).sort().join('\n'));

function all(): Task[] {
  const names = readdirSync(folder).filter((name) => /^task-.*\.json$/.test(name)).sort();
  return names.map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')));
}

function save(task: Task): Task {
  const path = join(folder, `task-${task.uid}.json`);
  writeFileSync(`${path}.partial`, JSON.stringify(task));
  renameSync(`${path}.partial`, path);
  return task;
}

function one(uid: string): Task {
  const task = all().find((each) => each.uid === uid);
  if (task === undefined) throw new Error(`unknown task ${uid}`);
  return task;
}

function admit(): void {
  const path = join(folder, 'token');
  const expected = existsSync(path) ? readFileSync(path, 'utf8') : undefined;
  if (transport !== 'http' && expected !== undefined && process.env.TRAINER_TOKEN !== expected) {
    throw new Error('the token is missing or wrong');
  }
}

const shown = (task: Task) => ({ uid: task.uid, labels: [task.tag], phase: { code: task.phase } });
const reply = (value: object) => ({
  content: [{ type: 'text' as const, text: JSON.stringify(value) }],
  structuredContent: value,
});
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

function build() {
  const server = new McpServer({ name: 'trainer-ts', version: '1.0.0' });
  const enqueue = z.object({
    request: z.object({
      tag: z.string(),
      baseModel: z.string(),
      passes: z.number().int().min(1),
      trainJsonl: z.string(),
      validJsonl: z.string(),
      displayName: z.string().optional(),
    }),
  });
  server.registerTool('trainer.enqueue', { inputSchema: enqueue }, async ({ request }) => {
    admit();
    const known = all().find((each) => each.tag === request.tag);
    if (known !== undefined) return reply({ task: shown(known) });
    const rows = request.trainJsonl.trimEnd().split('\n').length;
    const sha = [sha256(request.trainJsonl), sha256(request.validJsonl)];
    const uid = `t${String(all().length + 1).padStart(4, '0')}`;
    const task = { uid, tag: request.tag, base: request.baseModel, phase: QUEUED, rows, epochs: request.passes, sha };
    return reply({ task: shown(save(task)) });
  });
  server.registerTool('trainer.query', { inputSchema: z.object({ labels: z.array(z.string()) }) }, async ({ labels }) => {
    admit();
    return reply({ tasks: all().filter((each) => labels.includes(each.tag)).map(shown) });
  });
  const byUid = { inputSchema: z.object({ uid: z.string() }) };
  server.registerTool('trainer.inspect', byUid, async ({ uid }) => {
    admit();
    const task = one(uid);
    const next = task.phase === QUEUED ? RUNNING : task.phase === RUNNING ? READY : task.phase;
    return reply(shown(save({ ...task, phase: next })));
  });
  server.registerTool('trainer.abort', byUid, async ({ uid }) => {
    admit();
    const task = one(uid);
    if (task.phase < READY) save({ ...task, phase: ABORTED });
    return reply({ ok: true });
  });
  server.registerTool('trainer.artifacts', byUid, async ({ uid }) => {
    admit();
    const task = one(uid);
    const steps = task.rows * task.epochs;
    const trace = [[1, 2.5], [steps, 0.75]].map(([step, loss]) => ({ step, loss, tokens: step * 4 }));
    const totals = { steps, rows: task.rows, answerTokens: 24 };
    return reply({ modelRef: `${task.base}@${uid}`, sha: task.sha, totals, trace });
  });
  return server;
}

if (transport === 'http') {
  const handle = toNodeHandler(createMcpHandler(build));
  const path = join(folder, 'token');
  const listening = createServer((request, response) => {
    const expected = existsSync(path) ? `Bearer ${readFileSync(path, 'utf8')}` : undefined;
    if (expected !== undefined && request.headers.authorization !== expected) {
      response.writeHead(401).end();
      return;
    }
    void handle(request, response);
  });
  listening.listen(0, '127.0.0.1', () => {
    const address = listening.address();
    console.log(address !== null && typeof address === 'object' ? address.port : '');
  });
} else {
  serveStdio(build);
}
