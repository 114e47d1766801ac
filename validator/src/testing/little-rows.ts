import { assert } from '@chiavetta/protocol/bytes';
import type { CustomerRecord } from '../core/customer-record.ts';
import { openToken, sealToken } from '../core/sealing.ts';
import type { TokenState } from '../core/token-record.ts';
import { changeOf } from '../ports/store.ts';
import type { ValidatorPorts } from '../ports/validator-ports.ts';

/** Reads and edits rows past every rule, as a test needs it to set a scene. */
export type LittleRows = {
  readonly addToken: (token: TokenState) => Promise<void>;
  readonly token: (serial: string) => Promise<TokenState>;
  /** @throws InvariantError when somebody else wrote the row in between. */
  readonly editToken: (serial: string, edit: (before: TokenState) => TokenState) => Promise<void>;
  readonly customer: (customerId: string) => Promise<CustomerRecord>;
  readonly editCustomer: (
    customerId: string,
    edit: (before: CustomerRecord) => CustomerRecord,
  ) => Promise<void>;
};

/** Rows of a store, with their secrets opened and sealed. */
export function littleRows(ports: ValidatorPorts): LittleRows {
  const { store, crypto } = ports;
  const sealing = {
    crypto,
    keys: { kek: ports.keys.kek.expose(), hedgeKey: ports.keys.hedgeKey.expose() },
  };
  const read = async (serial: string): Promise<{ readonly version: number; readonly token: TokenState }> => {
    const stored = await store.read('token', serial);
    assert(stored !== undefined, 'the token is there');
    const token = openToken({ ...sealing, version: stored.version, record: stored.value });
    assert(token !== undefined, 'the token opens');
    return { version: stored.version, token };
  };
  const write = async (token: TokenState, expected: number): Promise<void> => {
    const value = sealToken({ ...sealing, version: expected + 1, token, entropy: ports.entropy(32) });
    const put = { kind: 'token', id: token.serial, expected, value } as const;
    const done = await store.commit(changeOf({ puts: [put] }));
    assert(done.outcome === 'committed', 'nobody else works on it');
  };
  return {
    addToken: (token) => write(token, 0),
    token: async (serial) => (await read(serial)).token,
    editToken: async (serial, edit) => {
      const { token, version } = await read(serial);
      await write(edit(token), version);
    },
    customer: async (customerId) => {
      const stored = await store.read('customer', customerId);
      assert(stored !== undefined, 'the customer is there');
      return stored.value;
    },
    editCustomer: async (customerId, edit) => {
      const stored = await store.read('customer', customerId);
      assert(stored !== undefined, 'the customer is there');
      const put = { kind: 'customer', id: customerId, expected: stored.version } as const;
      await store.commit(changeOf({ puts: [{ ...put, value: edit(stored.value) }] }));
    },
  };
}
