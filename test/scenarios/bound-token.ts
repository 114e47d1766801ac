import type { VirtualToken } from '@chiavetta/firmware-sim';
import type { MadeToken } from '@chiavetta/firmware-sim/factory';
import { signShippingManifest } from '@chiavetta/firmware-sim/factory';
import type { Actor, StaffAnswer } from '@chiavetta/validator/staff';
import { staffServices } from '@chiavetta/validator/staff';
import type { LittleBank } from '@chiavetta/validator/testing';
import { littleBank } from '@chiavetta/validator/testing';
import { operateVirtualToken } from '../kit/targets/virtual-cable.ts';
import { BANK_KEYS, BANK_START_MS, MAKER, madeToken } from '../provisioning/bank-keys.ts';
import { branchServer } from '../provisioning/branch-server.ts';
import type { StoreHistory } from '../provisioning/changes-store.ts';
import { changesStore } from '../provisioning/changes-store.ts';
import { quickCrypto } from '../provisioning/quick-crypto.ts';
import { deviceOf } from '../provisioning/virtual-device.ts';

/** A customer with a token, as a branch made them, to start any number of lives from. */
export type BoundToken = {
  readonly made: MadeToken;
  readonly history: StoreHistory;
  readonly nowMs: number;
};

/** One life: the token in the customer's hand, and the bank. */
export type Life = {
  readonly token: VirtualToken;
  readonly bank: LittleBank;
  readonly serial: string;
};

/** Who the customer is. */
export const CUSTOMER = { userCode: '12345678', pin: '27183' } as const;

const CLERK: Actor = { name: 'clerk', role: 'clerk', operatorId: 1 };
const SUPERVISOR: Actor = { name: 'supervisor', role: 'supervisor', operatorId: 2 };
const FIRST_START: Actor = { name: 'first start', role: 'supervisor', operatorId: 0 };
const PASSWORD = 'not a secret at all';
const MINUTE_MS = 60_000;

/** From the factory to the customer's hand: manifest, provisioning or binding over the serial session, two people. */
export async function boundToken(kind: 'fob' | 'otc'): Promise<BoundToken> {
  const made = madeToken(kind, kind === 'fob' ? 31 : 32);
  const { bank, history } = await bankOf({ made, history: [], nowMs: BANK_START_MS }, 1);
  const staff = staffServices(bank.ports);
  const token = deviceOf(made, 'at the branch');
  const serial = serialOf(made);
  granted(await staff.operators.add(FIRST_START, { ...CLERK, password: PASSWORD }));
  granted(await staff.operators.add(FIRST_START, { ...SUPERVISOR, password: PASSWORD }));
  granted(await staff.stock.importManifest(CLERK, signShippingManifest(MAKER, [made])));
  const customerId = await bank.addCustomer(CUSTOMER);
  const { server } = branchServer({
    services: () => staff,
    actor: CLERK,
    onAnswer: async () => 'given',
    onDoing: async () => undefined,
  });
  const operate = async (job: { operation: 'provision' | 'bind'; requestId?: string }): Promise<void> => {
    const ended = await operateVirtualToken({ token, server, ...job });
    if (ended !== 'done') throw new Error(`${job.operation} ended with ${ended}`);
  };
  if (kind === 'fob') await operate({ operation: 'provision' });
  const wish = { operation: 'bind', serial, customerId, reason: 'at the counter' } as const;
  const { requestId } = granted(await staff.requests.make(CLERK, wish));
  granted(await staff.requests.approve(SUPERVISOR, requestId));
  if (kind === 'otc') await operate({ operation: 'bind', requestId });
  return { made: { ...made, image: token.nvm() }, history: history(), nowMs: bank.clock.nowMs() + MINUTE_MS };
}

/** A life of its own that begins where the branch ended. The same seed gives the same life. */
export async function liveOn(bound: BoundToken, seed: number): Promise<Life> {
  const { bank } = await bankOf(bound, seed + 2);
  return { bank, token: deviceOf(bound.made, `life ${seed}`), serial: serialOf(bound.made) };
}

async function bankOf(
  bound: BoundToken,
  seed: number,
): Promise<{ readonly bank: LittleBank; readonly history: () => StoreHistory }> {
  const changes = await changesStore({
    history: bound.history,
    nowMs: () => bound.nowMs,
    fault: () => 'none',
  });
  const bank = littleBank({ seed, crypto: quickCrypto, store: changes.store, keys: BANK_KEYS });
  bank.clock.set(bound.nowMs);
  return { bank, history: changes.history };
}

function serialOf({ serial }: MadeToken): string {
  return serial.toString().padStart(12, '0');
}

function granted<T>(answer: StaffAnswer<T>): T {
  if (answer.ok) return answer.value;
  throw new Error(`${answer.error.id}: ${answer.error.reason}`);
}
