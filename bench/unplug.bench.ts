import { setTimeout as pause } from 'node:timers/promises';
import { openPty } from '@chiavetta/firmware-sim/adapters/pty';
import { nodeSerialPorts } from '@chiavetta/provisioning/node-serial';
import { report } from './figure.ts';

const TRIALS = 20;
const GOAL_MS = 500;
/** Traffic while the cable is pulled: the driver then misses the unplug most easily. */
const TRAFFIC_MS = 5;
/** An unplug that was not noticed by then counts as this. */
const GIVEN_UP_MS = 5_000;

async function noticedAfterMs(isBusy: boolean, trial: number): Promise<number> {
  const pty = await openPty();
  const link = await nodeSerialPorts.open(pty.path);
  pty.onData(() => undefined);
  link.onBytes(() => undefined);
  const gone = new Promise<number>((resolve) => link.onGone(() => resolve(performance.now())));
  const chunk = new Uint8Array(64).fill(0x55);
  const traffic = setInterval(() => {
    if (!isBusy) return;
    link.write(chunk);
    pty.write(chunk);
  }, TRAFFIC_MS);
  // Every phase of the watchdog's rhythm is met.
  await pause(300 + ((trial * 37) % 250));
  const pulledMs = performance.now();
  await pty.close();
  const noticed = await Promise.race([gone, pause(GIVEN_UP_MS, pulledMs + GIVEN_UP_MS)]);
  clearInterval(traffic);
  await link.close();
  return noticed - pulledMs;
}

const figures = [];
for (const isBusy of [false, true]) {
  const times: number[] = [];
  for (let trial = 0; trial < TRIALS; trial += 1) times.push(await noticedAfterMs(isBusy, trial));
  figures.push({
    id: `unplug.noticed.${isBusy ? 'busy' : 'idle'}.slowest_of_${TRIALS}`,
    value: Math.max(...times),
    unit: 'ms',
    peer: 'goal',
    peerValue: GOAL_MS,
    target: 1,
  });
}
report(figures);
// The pause that a noticed unplug has left behind is not worth waiting for.
process.exit();
