import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { fromBase64 } from '@chiavetta/protocol/bytes';
import { plainMatrixDecoder, readPng } from '@chiavetta/protocol/matrix';
import type { SerialPorts } from '@chiavetta/provisioning';
import { provisionDevice, systemTimer } from '@chiavetta/provisioning';
import { httpProvisioningServer } from '@chiavetta/provisioning/http-server';
import { nodeSerialPorts } from '@chiavetta/provisioning/node-serial';
import { secretsAtRest } from '@chiavetta/validator/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { en } from '../i18n/en.ts';
import { fill } from '../i18n/fill.ts';
import type { Secret, Surface } from '../testing/taint-scan.ts';
import { ENCODINGS, taintScan, writingsOf } from '../testing/taint-scan.ts';
import type { DemoParts } from './demo-parts.ts';
import { demoParts, withStops } from './demo-parts.ts';
import { runSteps } from './run-steps.ts';
import { openStage } from './stage/stage.ts';
import { demoSteps } from './steps/all-steps.ts';

const PROGRAM = fileURLToPath(new URL('../../dist/main.js', import.meta.url));
const MINUTES = 60_000;

/** What somebody who looks everywhere has seen, by place. */
const seen = new Map<string, Buffer[]>();
function see(place: string, bytes: Uint8Array | string): void {
  const known = seen.get(place) ?? [];
  seen.set(place, known);
  known.push(Buffer.from(bytes));
}

const keys = new Map<string, Secret>();
const pins = new Set<string>();
let folder = '';

/** Whoever reads along on the serial line. */
const tappedPorts: SerialPorts = {
  open: async (path) => {
    const link = await nodeSerialPorts.open(path);
    link.onBytes((chunk) => see('serial line', chunk));
    return {
      ...link,
      write: (bytes) => {
        see('serial line', bytes);
        link.write(bytes);
      },
    };
  },
};

/** Whoever reads along on the network, behind TLS. */
function tapFetch(): () => void {
  const untapped = globalThis.fetch;
  globalThis.fetch = async (input, init) => {
    const address = String(input instanceof Request ? input.url : input);
    const response = await untapped(input, init);
    const body = typeof init?.body === 'string' ? init.body : '';
    const answer = await response.clone().text();
    const path = new URL(address).pathname;
    const isPortal = path.startsWith('/v1/portal/');
    const place = isPortal ? 'portal' : path === '/v1/audit' ? 'audit' : 'staff';
    see(place, `${address} ${body} ${answer}\n`);
    if (isPortal && body !== '') {
      const { pin, oldPin, newPin }: Readonly<Record<string, unknown>> = JSON.parse(body);
      for (const typed of [pin, oldPin, newPin]) if (typeof typed === 'string') pins.add(typed);
    }
    return response;
  };
  return () => {
    globalThis.fetch = untapped;
  };
}

async function tappedParts(): Promise<DemoParts> {
  const parts = await demoParts();
  return {
    ...parts,
    program: [process.execPath, PROGRAM],
    provision: ({ url, bearer, signal, beforeToken, ...job }) =>
      provisionDevice({
        ...{ ...job, ports: tappedPorts, timer: systemTimer, signal, firstSeq: 7 },
        server: withStops(httpProvisioningServer({ url, bearer, signal }), beforeToken),
      }),
    controlClient: async (path) => {
      const control = await parts.controlClient(path);
      return {
        ...control,
        call: async (method, params = {}) => {
          const { digits } = { digits: undefined, ...params };
          if (typeof digits === 'string') pins.add(digits);
          const result = await control.call(method, params);
          see('screens', `${JSON.stringify([result.screen, result.lines])}\n`);
          return result;
        },
      };
    },
  };
}

/** What the validator's directory holds now; most of it will be other keys after the next step. */
function collectKeys(home: string): void {
  const root = join(home, 'data', 'validator');
  for (const { name, bytes } of secretsAtRest(root)) {
    // The ten digits are for a display and for the login page; a dead challenge holds zeros in place of a key.
    if (bytes.length >= 16 && bytes.some((byte) => byte !== 0))
      keys.set(Buffer.from(bytes).toString('hex'), { name, bytes });
  }
  for (const name of ['maker', 'anchor']) collectFactoryKeys(join(root, 'dev', `${name}.json`));
  const tokens = join(home, 'data', 'tokens');
  for (const name of filesBelow(tokens).filter((one) => one.endsWith('.json'))) collectFactoryKeys(name);
}

function collectFactoryKeys(file: string): void {
  const fields: Readonly<Record<string, unknown>> = JSON.parse(readFileSync(file, 'utf8'));
  for (const name of ['rootSecret', 'issuerSecret', 'secret', 'elementKey']) {
    const text = fields[name];
    const bytes = typeof text === 'string' ? fromBase64(text) : undefined;
    if (bytes?.ok) keys.set(Buffer.from(bytes.value).toString('hex'), { name, bytes: bytes.value });
  }
}

function filesBelow(path: string): readonly string[] {
  if (!existsSync(path)) return [];
  return readdirSync(path, { recursive: true, withFileTypes: true }).flatMap((entry) =>
    entry.isFile() ? [join(entry.parentPath, entry.name)] : [],
  );
}

/** Everything that the run left in files and that may be seen. */
function seeFiles(): void {
  for (const file of filesBelow(folder)) {
    const bytes = readFileSync(file);
    if (file.includes('/logs/')) see('logs', bytes);
    else if (file.includes('/traces/') && !file.endsWith('.secrets')) see('traces', bytes);
    else if (file.endsWith('.eml')) see('mails', bytes);
    else if (file.includes('/store.db') || file.endsWith('witness.ndjson')) see('store', bytes);
    else if (file.endsWith('.flash')) see('flash', bytes);
    else if (file.endsWith('.png')) {
      const frame = readPng(new Uint8Array(bytes));
      const picture = frame.ok ? plainMatrixDecoder.decode(frame.value) : undefined;
      if (picture?.ok) see('pictures', picture.value.payload);
    }
  }
}

function surfaces(except: readonly string[] = []): readonly Surface[] {
  return [...seen]
    .filter(([name]) => !except.includes(name))
    .map(([name, parts]) => ({ name, bytes: Buffer.concat(parts) }));
}

describe('the main job, watched everywhere', () => {
  beforeAll(async () => {
    const data = mkdtempSync(join(tmpdir(), 'chv-taint-'));
    const untap = tapFetch();
    const { signal } = new AbortController();
    const { lines } = en.demo;
    const stage = openStage({
      ...{ parts: await tappedParts(), env: process.env, signal, keep: true, data },
      say: (key, fields) => see('transcript', `${fill(lines[key], fields)}\n`),
    });
    folder = stage.folder;
    try {
      const steps = demoSteps.map(({ run, ...step }) => ({
        ...step,
        run: async () => {
          await run(stage);
          collectKeys(join(stage.folder, 'home'));
        },
      }));
      const outcome = await runSteps({ steps, stage, signal, tell: () => undefined });
      expect(outcome).toEqual({ steps: demoSteps.length });
    } finally {
      untap();
      await stage.close();
    }
    seeFiles();
  }, 6 * MINUTES);
  afterAll(() => rmSync(join(folder, '..'), { recursive: true, force: true }));

  test('is seen in every place: what is no secret is found there', () => {
    const text = (place: string): string => Buffer.concat(seen.get(place) ?? []).toString('latin1');
    for (const [place, known] of [
      ['staff', 'left in a taxi'],
      ['audit', 'left in a taxi'],
      ['store', 'left in a taxi'],
      ['portal', '"kind":"pair2"'],
      ['logs', 'the validator listens'],
      ['traces', 'Bruno Bianchi'],
      ['screens', 'Bruno Bianchi'],
      ['transcript', 'Anna Rossi'],
      ['mails', 'Your first PIN'],
    ] as const) {
      expect(text(place).includes(known), place).toBe(true);
    }
    for (const place of ['serial line', 'pictures', 'flash']) {
      expect(text(place).length, place).toBeGreaterThan(1_000);
    }
    const names = [...keys.values()].map(({ name }) => name.replace(/ \S+ /u, ' '));
    for (const kind of [
      'kek',
      'elementKey',
      'token seed 0',
      'token generation 0',
      'token pairing 0',
      'rootSecret',
    ]) {
      expect(names).toContain(kind);
    }
    expect(pins.size).toBeGreaterThan(10);
  });

  test('shows no key and no seed in any place, in any way of writing', () => {
    expect(taintScan([...keys.values()], surfaces())).toEqual([]);
  });

  test('shows no PIN where no customer types or reads one', () => {
    // Customers type PINs at the portal, and read first ones in mails.
    for (const { name, bytes } of surfaces(['portal', 'mails'])) {
      const text = Buffer.from(bytes).toString('latin1').replace(NUMBERS_WITH_NAMES, '');
      for (const pin of pins) {
        // The three that stand in the demo's own texts or that nobody chose.
        if (['12345', '00000', '83914'].includes(pin)) continue;
        const alone = new RegExp(`(?<![\\w+/=-])${pin}(?![\\w+/=-])`, 'u');
        expect(alone.test(text), `${name} shows a PIN`).toBe(false);
        const hex = Buffer.from(pin).toString('hex');
        expect(text.toLowerCase().includes(hex), `${name} shows a PIN in hexadecimal`).toBe(false);
      }
    }
  });

  test('would show every canary: one planted in each place and each way of writing is found', () => {
    const canary = {
      name: 'canary',
      bytes: Uint8Array.from({ length: 32 }, (_none, index) => 200 - index * 5),
    };
    for (const surface of surfaces()) {
      for (const encoding of ENCODINGS) {
        const [written = Buffer.alloc(0)] = writingsOf(canary.bytes, encoding);
        const middle = Math.floor(surface.bytes.length / 2);
        const bytes = Buffer.concat([
          surface.bytes.subarray(0, middle),
          written,
          surface.bytes.subarray(middle),
        ]);
        const hits = taintScan([canary], [{ name: surface.name, bytes }]);
        expect(hits).toEqual([{ secret: 'canary', surface: surface.name, encoding }]);
      }
    }
  });
});

/** Numbers of other things that may have as many digits as a PIN. */
const NUMBERS_WITH_NAMES = /(?:process |127\.0\.0\.1:|"(?:pid|ms|time|step|nowMs|atMs)":)\d+|\d+ bytes/gu;
