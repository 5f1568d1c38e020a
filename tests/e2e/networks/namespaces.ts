import { execFile, execFileSync, spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { createInterface, type Interface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const SCRIPT = fileURLToPath(new URL('lossy-wire.py', import.meta.url));
const run = promisify(execFile);

/** Names are seen by the whole machine, and those of devices are short. */
const TAG = `agt${process.pid}`;

/** Why there can be no namespaces here, or undefined when there can be. */
export function whyNoNamespaces(): string | undefined {
  const needs: readonly (readonly [string, readonly string[]])[] = [
    ['ip', ['netns', 'add', `${TAG}-trial`]],
    ['ip', ['netns', 'delete', `${TAG}-trial`]],
    ['python3', ['-c', 'open("/dev/net/tun", "r+b", buffering=0)']],
  ];
  for (const [command, args] of needs) {
    try {
      execFileSync(command, args, { stdio: 'pipe' });
    } catch (error) {
      const why = error instanceof Error ? error.message.trim().split('\n').at(-1) : String(error);
      return `this machine cannot do '${command} ${args.join(' ')}': ${why}`;
    }
  }
  return undefined;
}

/** A network namespace with loopback, and one address for all its wires. */
export class Namespace {
  readonly name: string;
  readonly address: string;

  private constructor(name: string, address: string) {
    this.name = name;
    this.address = address;
  }

  static async create(at: number): Promise<Namespace> {
    const namespace = new Namespace(`${TAG}-${at}`, `10.77.0.${at + 1}`);
    await run('ip', ['netns', 'add', namespace.name]);
    await namespace.ip('link', 'set', 'lo', 'up');
    return namespace;
  }

  /** What a program's command line begins with so that it runs in here. */
  get within(): readonly string[] {
    return ['ip', 'netns', 'exec', this.name];
  }

  async ip(...args: readonly string[]): Promise<void> {
    await run('ip', ['-netns', this.name, ...args]);
  }

  async delete(): Promise<void> {
    await run('ip', ['netns', 'delete', this.name]);
  }
}

/** A wire between two namespaces that loses and delays packets, and can be pulled out. */
export class LossyWire {
  readonly #process: ChildProcessWithoutNullStreams;
  readonly #lines: Interface;
  readonly #ends: readonly { readonly namespace: Namespace; readonly device: string; readonly far: string }[];

  private constructor(process: ChildProcessWithoutNullStreams, devices: readonly string[], ends: readonly Namespace[]) {
    this.#process = process;
    this.#lines = createInterface({ input: process.stdout });
    this.#ends = ends.map((namespace, at) => ({
      namespace,
      device: devices[at] ?? '',
      far: ends[1 - at]?.address ?? '',
    }));
  }

  static async between(a: Namespace, b: Namespace): Promise<LossyWire> {
    const devices = [a, b].map((_, end) => `${TAG}${a.name.at(-1)}${'ab'[end]}`);
    const child = spawn('python3', [SCRIPT, ...devices]);
    const wire = new LossyWire(child, devices, [a, b]);
    await Promise.race([
      once(wire.#lines, 'line'),
      once(child, 'exit').then(() => Promise.reject(new Error('The wire has no devices.'))),
    ]);
    for (const { namespace, device } of wire.#ends) {
      await run('ip', ['link', 'set', device, 'netns', namespace.name]);
      await namespace.ip('address', 'add', `${namespace.address}/32`, 'dev', device);
    }
    await wire.plugIn();
    return wire;
  }

  /** From now on loses that share of the packets and delays the others; resolves with how many were lost so far. */
  async set(loss: number, delayMs: number): Promise<number> {
    this.#process.stdin.write(`${loss} ${delayMs}\n`);
    const [lost] = (await once(this.#lines, 'line')) as [string];
    return Number(lost);
  }

  async pullOut(): Promise<void> {
    for (const { namespace, device } of this.#ends) await namespace.ip('link', 'set', device, 'down');
  }

  async plugIn(): Promise<void> {
    for (const { namespace, device, far } of this.#ends) {
      await namespace.ip('link', 'set', device, 'up');
      await namespace.ip('route', 'replace', far, 'dev', device, 'src', namespace.address);
    }
  }

  /** The devices go with the process. */
  async remove(): Promise<void> {
    const gone = once(this.#process, 'exit');
    this.#process.stdin.end();
    await gone;
  }
}
