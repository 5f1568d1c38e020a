/** One line of the benchmark: our figure beside the one of a named peer, both measured in this run. */
export interface Row {
  readonly what: string;
  readonly ours: number;
  readonly unit: string;
  /** What the figure is compared with, measured in the same run. */
  readonly peer?: { readonly name: string; readonly value: number };
  /** The figure to reach, if one was set: at most this. */
  readonly atMost?: number;
  /** The ratio to the peer to reach, if one was set: at most this. */
  readonly ratioAtMost?: number;
}

/** A benchmark prints what it does while it runs and gives back its rows. */
export type Bench = (note: (text: string) => void) => Promise<readonly Row[]>;

export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN;
}

/** The rows as a table in Markdown, which is also readable in a terminal. */
export function table(rows: readonly Row[]): string {
  const cells = rows.map((row) => [row.what, figure(row.ours, row.unit), peerText(row), ratioText(row), barText(row)]);
  const head = ['what', 'ours', 'beside', 'ratio', 'bar'];
  const widths = head.map((title, at) => Math.max(title.length, ...cells.map((cell) => cell[at]?.length ?? 0)));
  const line = (cell: readonly string[]) => `| ${cell.map((text, at) => text.padEnd(widths[at] ?? 0)).join(' | ')} |`;
  return [line(head), `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`, ...cells.map(line)].join('\n');
}

function figure(value: number, unit: string): string {
  if (value === Infinity) return 'never';
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : Math.abs(value) >= 1 ? 2 : 3;
  return `${value.toFixed(digits)} ${unit}`;
}

function peerText({ peer, unit }: Row): string {
  return peer === undefined ? '' : `${figure(peer.value, unit)} (${peer.name})`;
}

function ratioText({ ours, peer }: Row): string {
  return peer === undefined || peer.value === Infinity ? '' : (ours / peer.value).toFixed(2);
}

/** A bar that is missed is said as loudly as one that is met. */
function barText({ ours, unit, peer, atMost, ratioAtMost }: Row): string {
  const bars = [
    ...(atMost === undefined ? [] : [{ text: `<= ${atMost} ${unit}`, met: ours <= atMost }]),
    ...(ratioAtMost === undefined || peer === undefined
      ? []
      : [{ text: `<= ${ratioAtMost} x`, met: ours / peer.value <= ratioAtMost }]),
  ];
  return bars.map(({ text, met }) => `${text} ${met ? 'met' : 'MISSED'}`).join(', ');
}
