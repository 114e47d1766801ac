import type { VirtualToken } from '@chiavetta/firmware-sim';
import { assert } from '@chiavetta/protocol/bytes';
import type { LittleBank } from '@chiavetta/validator/testing';

/** A validator without the second phase: it calls the fob provisioned when COMMIT leaves, not when DONE comes. */
export async function finishAtCommit(bank: LittleBank, serial: string): Promise<void> {
  await bank.editToken(serial, (before) => {
    const { transaction, ...rest } = before;
    const seed = transaction?.seed;
    assert(seed !== undefined && rest.kind === 'fob', 'this bug is planted where a fob gets its seed');
    return {
      ...rest,
      device: 'PROVISIONED',
      seedEpoch: transaction?.seedEpoch ?? 0,
      otp: {
        seed,
        mode: 'hotp',
        algorithm: 'sha1',
        digits: 6,
        stepSeconds: 0,
        next: 0,
        driftSteps: 0,
        twoCodesNeeded: false,
        used: [],
      },
    };
  });
}

/** A token that answers before its flash is written: what it wrote for its last answer is gone without power. */
export class HeldBackFlash {
  #written: Uint8Array;
  #heldBack: Uint8Array | undefined;
  #images: Uint8Array[] = [];

  constructor(image: Uint8Array) {
    this.#written = image;
  }

  watch(token: VirtualToken): void {
    token.onNvm((image) => this.#images.push(image.slice()));
    // An answer that went out ends one request; what the request before wrote has reached the flash by then.
    token.onTransmit(() => {
      const last = this.#images.at(-1);
      if (last === undefined) return;
      this.#written = this.#heldBack ?? this.#written;
      this.#heldBack = last;
      this.#images = [];
    });
  }

  afterPowerLoss(): Uint8Array {
    return this.#written;
  }
}
