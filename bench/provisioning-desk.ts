import type { VirtualToken } from '@chiavetta/firmware-sim';
import { createVirtualToken } from '@chiavetta/firmware-sim';
import {
  issueAuthority,
  makeAnchor,
  makeMaker,
  makeToken,
  signShippingManifest,
} from '@chiavetta/firmware-sim/factory';
import { assert, SecretKey } from '@chiavetta/protocol/bytes';
import { tokenSerial } from '@chiavetta/protocol/keys';
import type { ProvisioningServer, ServerAnswer } from '@chiavetta/provisioning';
import type { ValidatorKeys } from '@chiavetta/validator';
import { nodeCrypto } from '@chiavetta/validator/node-crypto';
import type { Actor, SerialAnswer, StaffAnswer } from '@chiavetta/validator/staff';
import { staffServices } from '@chiavetta/validator/staff';
import { littleBank } from '@chiavetta/validator/testing';

/** A fob from the carton and a validator that knows its maker. */
export type Desk = { readonly token: VirtualToken; readonly server: ProvisioningServer };

const CLERK: Actor = { name: 'clerk', role: 'clerk', operatorId: 1 };

/** Sets up a desk; `number` makes another fob. */
export async function provisioningDesk(number: number): Promise<Desk> {
  const crypto = nodeCrypto;
  const maker = makeMaker(new Uint8Array(32).fill(1), { crypto });
  const anchor = makeAnchor(new Uint8Array(32).fill(2), crypto);
  const serial = tokenSerial(BigInt(500_000 + number));
  assert(serial.ok, 'a serial has at most twelve digits');
  const entropy = crypto.sha256(Uint8Array.of(number));
  const made = makeToken({
    crypto,
    maker,
    anchorPublicKey: anchor.publicKey,
    kind: 'fob',
    serial: serial.value,
    entropy,
  });
  const secret = (value: number): SecretKey => SecretKey.from(new Uint8Array(32).fill(value));
  const noiseStatic = secret(11);
  const ticketKey = secret(12);
  const keys: ValidatorKeys = {
    kek: secret(3),
    hedgeKey: secret(4),
    deadKey: secret(5),
    pepper: secret(6),
    noiseStatic,
    ticketKey,
    authorityCertificate: issueAuthority(anchor, {
      crypto,
      authorityId: 1,
      ticketPublicKey: crypto.ed25519PublicKey(ticketKey.expose()),
      noisePublicKey: crypto.x25519PublicKey(noiseStatic.expose()),
    }),
    authorityId: 1,
    pairingStatic: { keyId: 1, secret: secret(13) },
    checkpointKey: secret(14),
    makerRoots: [maker.rootPublicKey],
    issuerCertificates: [maker.issuerCertificate],
  };
  const bank = littleBank({ seed: number, crypto, keys });
  const staff = staffServices(bank.ports);
  const imported = await staff.stock.importManifest(CLERK, signShippingManifest(maker, [made], { crypto }));
  assert(imported.ok, 'the manifest is the maker’s');
  return {
    token: createVirtualToken({ made, seed: `desk ${number}`, crypto, tracing: 'off' }),
    server: {
      open: async (request) => answerOf(await staff.serial.start(CLERK, request)),
      frame: async (sessionId, frame) => answerOf(await staff.serial.frame(CLERK, { sessionId, frame })),
    },
  };
}

function answerOf(answer: StaffAnswer<SerialAnswer>): ServerAnswer {
  if (!answer.ok) throw new Error(`${answer.error.id}: ${answer.error.reason}`);
  const { result, frame, ...rest } = answer.value;
  return { ...rest, frame, ...(result === undefined ? {} : { result }) };
}
