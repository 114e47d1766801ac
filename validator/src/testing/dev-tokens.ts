import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { assert, fromBase64, toBase64 } from '@chiavetta/protocol/bytes';
import { certificateFingerprint, signManifest } from '@chiavetta/protocol/keys';
import { directoryPaths, readKeyFiles } from '../adapters/data-directory/index.ts';
import { nodeCrypto } from '../adapters/node-crypto/index.ts';
import type { HttpAnswer, HttpCaller } from './http-caller.ts';
import { fieldOf, textOf } from './http-caller.ts';
import { serialOf } from './little-branch.ts';
import type { LittleSerialToken } from './little-serial-token.ts';
import { littleSerialToken } from './little-serial-token.ts';

const HOUR_S = 3_600;
const TOKEN_HOURS = 1_000;
const SESSIONS_MAX = 5;

const random = (byteCount: number): Uint8Array => new Uint8Array(randomBytes(byteCount));

/** Key fobs of the test maker of a developer's directory, and the manifest that announces them, in base64. */
export function devFobs(
  dataDirectory: string,
  serials: readonly number[],
): { readonly fobs: readonly LittleSerialToken[]; readonly manifest: string } {
  const paths = directoryPaths(dataDirectory);
  const keys = readKeyFiles({ paths, crypto: nodeCrypto, entropy: random });
  const maker: unknown = JSON.parse(readFileSync(join(paths.dev, 'maker.json'), 'utf8'));
  const nowS = Math.floor(Date.now() / 1000);
  const fobs = serials.map((serial) =>
    littleSerialToken({
      ...{ crypto: nodeCrypto, kind: 'fob', serial: serialOf(serial), random },
      issuer: { secret: secretIn(maker, 'issuerSecret'), issuerId: 1 },
      ticketPublicKey: nodeCrypto.ed25519PublicKey(keys.ticketKey.expose()),
      ...{ notBefore: nowS - HOUR_S, notAfter: nowS + TOKEN_HOURS * HOUR_S },
    }),
  );
  const manifest = signManifest({
    crypto: nodeCrypto,
    makerSecret: secretIn(maker, 'rootSecret'),
    manifest: {
      ...{ makerId: 1, manifestId: 1, issuedAt: nowS },
      entries: fobs.map(({ serial, certificate }) => ({
        serial,
        certificateHash: certificateFingerprint(nodeCrypto, certificate),
      })),
    },
  });
  return { fobs, manifest: toBase64(manifest) };
}

/** Provisions a fob over HTTP, with a further session where one only tidied up. The answer that says that it is done. */
export async function provisionOverHttp(
  caller: HttpCaller,
  bearer: string,
  token: LittleSerialToken,
): Promise<HttpAnswer> {
  for (let sessions = 0; sessions < SESSIONS_MAX; sessions += 1) {
    const answer = await oneSession(caller, bearer, token);
    const result = fieldOf(answer, 'result');
    const isDiscarded = JSON.stringify(result)?.includes('"discarded"') === true;
    if (answer.status >= 300 || !isDiscarded) return answer;
  }
  assert(false, 'a provisioning ends');
}

async function oneSession(caller: HttpCaller, bearer: string, token: LittleSerialToken): Promise<HttpAnswer> {
  const { hello, helloReply } = token.hello();
  const expectedSerial = token.serial.toString().padStart(12, '0');
  const opening = { operation: 'provision', expectedSerial, hello: toBase64(hello) };
  const body = { ...opening, helloReply: toBase64(helloReply) };
  let answer = await caller.call('POST', '/v1/serial-sessions', { body, bearer });
  while (answer.status < 300 && fieldOf(answer, 'result') === undefined) {
    const frame = fromBase64(textOf(answer, 'frame'));
    const reply = frame.ok ? token.receive(frame.value) : undefined;
    assert(reply !== undefined, 'the token answers');
    const path = `/v1/serial-sessions/${textOf(answer, 'sessionId')}/frames`;
    answer = await caller.call('POST', path, { body: { frame: toBase64(reply) }, bearer });
  }
  return answer;
}

function secretIn(file: unknown, name: string): Uint8Array {
  assert(typeof file === 'object' && file !== null, 'a maker file is an object');
  const text: unknown = Object.entries(file).find(([key]) => key === name)?.[1];
  const bytes = fromBase64(typeof text === 'string' ? text : '');
  assert(bytes.ok && bytes.value.length === 32, 'a maker file has its secrets');
  return bytes.value;
}
