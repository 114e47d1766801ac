import { assert } from '@chiavetta/protocol/bytes';
import type { SerialLink } from '@chiavetta/provisioning';
import { provisionDevice, systemTimer } from '@chiavetta/provisioning';
import type { Figure } from './figure.ts';
import { report } from './figure.ts';
import type { Desk } from './provisioning-desk.ts';
import { provisioningDesk } from './provisioning-desk.ts';

const BAUD = 115_200;
/** 8N1: start, eight data bits, stop. */
const BITS_PER_BYTE = 10;
const RUNS = 15;
const BYTES_GOAL = 960;

type Cost = {
  readonly bytes: number;
  readonly roundTrips: number;
  /** Processor time of token, PC and validator together: unlike a clock it does not measure who else is busy here. */
  readonly processorMs: number;
  readonly wireMs: number;
};

/** WAIT and POLL belong to the person who says OK: they are left out of bytes and round trips. */
async function provisioned(desk: Desk, frameLimitBytes: number): Promise<Cost> {
  const { token, server } = desk;
  let bytes = 0;
  let roundTrips = 0;
  let isWaiting = false;
  let pauseBytes = 0;
  let hear: (bytes: Uint8Array) => void = () => undefined;
  const carry = (byteCount: number, then: () => void): void => {
    bytes += byteCount;
    setImmediate(then);
  };
  token.onTransmit((sent) => {
    const chunk = sent.slice();
    const isWait = token.screen().id === 'fob.ask';
    if (isWait) pauseBytes += chunk.length;
    carry(chunk.length, () => {
      hear(chunk);
      if (isWait) token.press('button');
    });
  });
  const link: SerialLink = {
    write: (sent) => {
      if (isWaiting) pauseBytes += sent.length;
      else roundTrips += 1;
      isWaiting = false;
      const chunk = sent.slice();
      carry(chunk.length, () => token.receive(chunk));
    },
    onBytes: (listener) => {
      hear = listener;
    },
    onGone: () => undefined,
    close: async () => undefined,
  };
  const before = process.cpuUsage();
  const outcome = await provisionDevice({
    ports: { open: async () => link },
    server,
    timer: systemTimer,
    firstSeq: 1,
    path: 'a paced line',
    operation: 'provision',
    frameLimitBytes,
    signal: new AbortController().signal,
    onEvent: ({ step }) => {
      if (step === 'waiting_for_person') isWaiting = true;
    },
  });
  const { user, system } = process.cpuUsage(before);
  assert(outcome.tag === 'done', 'a fob on a clean line is provisioned');
  const counted = bytes - pauseBytes;
  return {
    bytes: counted,
    roundTrips,
    processorMs: (user + system) / 1_000,
    wireMs: (counted * BITS_PER_BYTE * 1_000) / BAUD,
  };
}

async function figuresAt(limit: number, roundTripGoal: number): Promise<readonly Figure[]> {
  const costs: Cost[] = [];
  for (let run = 0; run < RUNS; run += 1) costs.push(await provisioned(await provisioningDesk(run), limit));
  const [first] = costs;
  assert(first !== undefined, 'there was a run');
  const elapsed = costs
    .map(({ processorMs, wireMs }) => processorMs + wireMs)
    .toSorted((left, right) => left - right);
  const median = elapsed[Math.floor(elapsed.length / 2)] ?? 0;
  const most = Math.max(...costs.map(({ bytes }) => bytes));
  const id = `provision.fob.${limit}`;
  return [
    { id: `${id}.bytes`, value: most, unit: 'B', peer: 'goal', peerValue: BYTES_GOAL, target: 1 },
    {
      id: `${id}.round_trips`,
      value: first.roundTrips,
      unit: 'round trips',
      peer: 'goal',
      peerValue: roundTripGoal,
      target: 1,
    },
    {
      id: `${id}.paced`,
      value: median,
      unit: 'ms',
      peer: 'the same bytes at 115200 baud 8N1',
      peerValue: first.wireMs,
      target: 1.5,
    },
  ];
}

report([...(await figuresAt(512, 4)), ...(await figuresAt(256, 6))]);
