import { encodeMatrix, renderRgba } from '@chiavetta/protocol/matrix';
import type { RgbaFrame } from '@chiavetta/protocol/ports';
import { describe, expect, it } from 'vitest';
import { replayTrace } from '../../runtime/replay-trace.ts';
import type { TraceLine } from '../../runtime/trace.ts';
import { createVirtualToken } from '../../runtime/virtual-token.ts';
import { benchLogin, benchPair1, benchPair2, benchPaired } from '../../testing/bench-otc.ts';
import { boundOtcBench } from '../../testing/bench-otc-start.ts';
import { choosePin, codeOn, confirmLogin, givePin, restartOtc, wakeOtc } from '../../testing/bench-person.ts';

function frameOf(payload: Uint8Array): RgbaFrame {
  return renderRgba(encodeMatrix(payload), { modulePx: 4 });
}

describe('an OTC token that reads its pictures from pixels', () => {
  it('pairs and logs in, and its trace replays step by step', () => {
    const bench = boundOtcBench();
    const { server } = bench;
    const lines: TraceLine[] = [];
    const token = createVirtualToken({
      made: { ...bench.made, image: bench.token.nvm() },
      seed: 'pixels',
      onTraceLine: (line) => lines.push(line),
    });
    wakeOtc(token);
    token.scan({ frame: frameOf(benchPair1(server)) });
    const pair2 = benchPair2(server, choosePin(token) ?? '') ?? new Uint8Array(0);
    token.scan({ frame: frameOf(pair2) });
    expect(benchPaired(server, codeOn(token) ?? '')).toBe(true);
    restartOtc(token);
    const { payload, code } = benchLogin(server);
    token.scan({ frame: frameOf(payload) });
    givePin(token);
    expect(confirmLogin(token)).toBe(code);

    const steps = lines.filter((line) => 'step' in line).length;
    expect(steps).toBeGreaterThan(60);
    expect(replayTrace(lines, token.traceSecrets())).toEqual({ ok: true, value: { steps } });
  });
});
