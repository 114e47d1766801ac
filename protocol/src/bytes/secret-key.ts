import { assert } from './assert.ts';

const SHOWN = '[secret]';

/** What `util.inspect` of Node looks for; the symbol is registered globally, so nothing of Node is imported. */
const INSPECT = Symbol.for('nodejs.util.inspect.custom');

/** Key bytes that do not print: JSON, inspect, template strings and string joins all show `[secret]`. */
export class SecretKey {
  static {
    Object.defineProperty(SecretKey.prototype, INSPECT, { value: () => SHOWN });
  }

  readonly #bytes: Uint8Array;
  #wiped = false;

  private constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** Keeps a copy of the bytes; the caller may wipe its own. */
  static from(bytes: Uint8Array): SecretKey {
    return new SecretKey(bytes.slice());
  }

  /**
   * The live bytes, for the one call that needs them: not a copy, so that `wipe` leaves none behind.
   *
   * @throws InvariantError after `wipe`.
   */
  expose(): Uint8Array {
    assert(!this.#wiped, 'a wiped key is not used again');
    return this.#bytes;
  }

  /** Overwrites the bytes. May be called twice. */
  wipe(): void {
    this.#bytes.fill(0);
    this.#wiped = true;
  }

  toJSON(): '[secret]' {
    return SHOWN;
  }

  toString(): '[secret]' {
    return SHOWN;
  }
}
