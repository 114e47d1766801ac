import { codeOfChallenge, locatePayload, openChallenge, readPayloadHeader } from '@chiavetta/protocol/otc';
import { beginPairing, endPairing } from './pairing.ts';
import { heldGenerations, withOpenedChallenge } from './vault-changes.ts';
import type { OtcSetup, Work } from './work.ts';
import { goTo, notice, writeVault } from './work.ts';
import { refusePicture } from './wrong-picture.ts';

/** The camera read a picture. */
export function onPicture(setup: OtcSetup, at: Work, payload: Uint8Array): Work {
  const { state } = at;
  if (state.phase.tag !== 'scanning') return at;
  const header = readPayloadHeader(payload);
  if (!header.ok) return refusePicture(at, header.error);
  if (header.value.kind === 'pair1') return beginPairing(setup, at, payload);
  // Whose picture it is shows without opening it, so nobody types a PIN for another token's picture.
  const located = locatePayload(setup.crypto, { payload, slots: state.vault.slots });
  if (!located.ok) return refusePicture(at, located.error);
  if (state.lock === 'BLOCKED') return notice(at, 'picture.blocked');
  if (state.lock === 'LOCKED_PIN') {
    return goTo(at, { tag: 'pin', purpose: { tag: 'picture', payload: payload.slice() }, typed: '' });
  }
  return openPicture(setup, at, payload);
}

/** Opens a picture that is not a PAIR1 on an unlocked token. */
export function openPicture(setup: OtcSetup, at: Work, payload: Uint8Array): Work {
  const header = readPayloadHeader(payload);
  if (!header.ok) return refusePicture(at, header.error);
  return header.value.kind === 'pair2' ? endPairing(setup, at, payload) : answerChallenge(setup, at, payload);
}

/** A login: the chain is stepped and the next key stored before anything of it is shown. */
function answerChallenge(setup: OtcSetup, at: Work, payload: Uint8Array): Work {
  const { vault, lock } = at.state;
  const slots = vault.slots.map((slot) => ({ ...slot, generations: heldGenerations(slot) }));
  const opened = openChallenge(setup.crypto, { payload, slots });
  if (!opened.ok) return refusePicture(at, opened.error);
  // Payments and management come with a later firmware: their chain is not touched, so a refusal costs nothing.
  if (opened.value.kind !== 'login') return notice(at, 'picture.unsupported');
  const { slot: slotNumber, generation, content } = opened.value;
  const slot = slots.find((one) => one.slot === slotNumber);
  const used = slot?.generations.find((one) => one.generation === generation);
  if (slot === undefined || used === undefined) return notice(at, 'picture.invalid');
  const code = codeOfChallenge(setup.crypto, opened.value, used.m);
  return writeVault(setup, at, withOpenedChallenge(vault, opened.value), {
    tag: 'show',
    phase: { tag: 'login', label: slot.label, text: content.text, code },
    lock,
  });
}
