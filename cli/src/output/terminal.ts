/** A terminal that can show a colour matrix. */
export type Terminal = {
  readonly columns: number;
  readonly rows: number;
  readonly palette: 'truecolor' | '256';
};

type TerminalStream = {
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly rows?: number;
  getColorDepth?(env?: Readonly<Record<string, string | undefined>>): number;
};

const TRUECOLOR_BITS = 24;
const PALETTE_BITS = 8;

/** What the stream can draw; `undefined` when it is no terminal or has too few colours. */
export function terminalOf(
  stream: TerminalStream,
  env: Readonly<Record<string, string | undefined>>,
): Terminal | undefined {
  if (stream.isTTY !== true || stream.getColorDepth === undefined) return undefined;
  const depthBits = stream.getColorDepth({ ...env });
  if (depthBits < PALETTE_BITS) return undefined;
  const { columns = 80, rows = 24 } = stream;
  return { columns, rows, palette: depthBits >= TRUECOLOR_BITS ? 'truecolor' : '256' };
}
