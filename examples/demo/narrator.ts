import { styleText } from 'node:util';

const FRAMES = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
const BAR_WIDTH = 16;

/** Prints the progress of the demo: a bar with a spinner on a terminal, plain lines elsewhere. */
export class Narrator {
  readonly #output: NodeJS.WriteStream;
  readonly #steps: number;
  #step = 0;

  constructor(output: NodeJS.WriteStream, steps: number) {
    this.#output = output;
    this.#steps = steps;
  }

  /** Shows `title` while `work` runs, then its duration. */
  async step<T>(title: string, work: () => Promise<T>): Promise<T> {
    this.#step += 1;
    const stop = this.#spin(title);
    return this.#timed(title, work, stop);
  }

  /** Does the same as `step` for work that prints text while it runs. */
  async liveStep<T>(title: string, work: (say: (text: string) => void) => Promise<T>): Promise<T> {
    this.#step += 1;
    this.#output.write(this.#margin());
    const say = (text: string): void => {
      this.#output.write(styleText('cyan', text));
    };
    return this.#timed(
      title,
      () => work(say),
      () => this.#output.write('\n'),
    );
  }

  say(line = ''): void {
    this.#output.write(`${line}\n`);
  }

  /** Prints lines that belong to the last step. */
  detail(...lines: readonly string[]): void {
    for (const line of lines) this.say(this.#margin() + line);
  }

  async #timed<T>(title: string, work: () => Promise<T>, stop: () => void): Promise<T> {
    const startedAt = performance.now();
    let sign = styleText('red', '✘');
    try {
      const result = await work();
      sign = styleText('green', '✔');
      return result;
    } finally {
      stop();
      const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
      this.say(`${sign} ${this.#bar()} ${styleText('bold', title)} ${styleText('dim', `${seconds} s`)}`);
    }
  }

  #margin(): string {
    return `  ${styleText('dim', '│')} `;
  }

  #spin(title: string): () => void {
    if (!this.#output.isTTY) return () => undefined;
    let frame = 0;
    const draw = (): void => {
      const sign = FRAMES[frame++ % FRAMES.length] ?? '';
      this.#output.write(`\r\u001B[K${sign} ${this.#bar()} ${title}…`);
    };
    draw();
    const timer = setInterval(draw, 80);
    return () => {
      clearInterval(timer);
      this.#output.write('\r\u001B[K');
    };
  }

  #bar(): string {
    const done = Math.round((this.#step / this.#steps) * BAR_WIDTH);
    const bar = styleText('cyan', '━'.repeat(done)) + styleText('dim', '─'.repeat(BAR_WIDTH - done));
    return `${bar} ${this.#step}/${this.#steps}`;
  }
}
