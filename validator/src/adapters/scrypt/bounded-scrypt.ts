import { scrypt } from 'node:crypto';
import { ChiavettaError } from '../../ports/failure.ts';

/** The numbers of scrypt: N, r and p. */
type ScryptCost = {
  readonly cost: number;
  readonly blockSize: number;
  readonly parallelization: number;
};

/** More PINs wait to be stretched than may wait: nothing was decided, and trying again is safe. */
class StretchQueueFullError extends ChiavettaError<'QUEUE_FULL'> {
  override readonly name: string = 'StretchQueueFullError';
}

const STRETCHED_BYTES = 32;
/** A block of r holds 128 x r bytes; a run holds N + p of them and little more (RFC 7914 §6). */
const BLOCK_BYTES = 128;
const SPARE_BYTES = 65_536;

/**
 * scrypt on the thread pool, at most `runningMax` at a time and `waitingMax` in line, so that a flood of SENDs costs
 * bounded memory and leaves a thread for the rest.
 */
export function boundedScrypt(
  cost: ScryptCost,
  limits: { readonly runningMax: number; readonly waitingMax: number },
): (pin: Uint8Array, salt: Uint8Array) => Promise<Uint8Array> {
  const waiting: (() => void)[] = [];
  let running = 0;
  const enter = async (): Promise<void> => {
    if (running < limits.runningMax) {
      running += 1;
      return;
    }
    if (waiting.length >= limits.waitingMax) throw queueFull();
    // Whoever leaves hands its place over, so that `running` does not change.
    await new Promise<void>((resolve) => waiting.push(resolve));
  };
  const leave = (): void => {
    const next = waiting.shift();
    if (next === undefined) running -= 1;
    else next();
  };
  return async (pin, salt) => {
    await enter();
    try {
      return await stretch(cost, pin, salt);
    } finally {
      leave();
    }
  };
}

function stretch(cost: ScryptCost, pin: Uint8Array, salt: Uint8Array): Promise<Uint8Array> {
  const blocks = cost.cost + cost.parallelization;
  const options = { ...cost, maxmem: BLOCK_BYTES * cost.blockSize * blocks + SPARE_BYTES };
  return new Promise((resolve, reject) => {
    scrypt(pin, salt, STRETCHED_BYTES, options, (failure, stretched) => {
      if (failure === null) resolve(new Uint8Array(stretched));
      else reject(failure);
    });
  });
}

function queueFull(): StretchQueueFullError {
  return new StretchQueueFullError({
    code: 'QUEUE_FULL',
    message: 'Too many sign-ins wait at the same time; nothing was changed by this one.',
    next: 'Send the request again in a moment.',
  });
}
