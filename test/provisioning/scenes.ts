import { signShippingManifest } from '@chiavetta/firmware-sim/factory';
import type { SerialOperation } from '@chiavetta/provisioning';
import { nodeCrypto } from '@chiavetta/validator/node-crypto';
import type { NewRequest } from '@chiavetta/validator/staff';
import { BANK_START_MS, MAKER, madeToken } from './bank-keys.ts';
import { granted, useOtc } from './customer-acts.ts';
import type { Scene } from './scene.ts';
import { lookInto } from './virtual-device.ts';
import { CLERK, FIRST_START, SUPERVISOR, World } from './world.ts';

const PASSWORD = 'not a secret at all';

/** A fob from the carton: PROVISION gives it its first seed. */
export async function freshFob(): Promise<Scene> {
  return await stocked('a fresh fob', 'fob', 1);
}

/** A fob that has a seed and no customer: the clerk names its serial and gives it a new one. */
export async function fobAgain(): Promise<Scene> {
  const world = await opened(await freshFob());
  await finished(world);
  const { task } = world.scene;
  return resting(world, {
    name: 'a fob that gets a new seed',
    task: { ...task, expectedSerial: world.serial() },
  });
}

/** An optical token from the carton, and a customer who shall have it. */
export async function otcToBind(): Promise<Scene> {
  const world = await opened(await stocked('an optical token', 'otc', 2));
  const requestId = await approved(world, {
    operation: 'bind',
    customerId: world.scene.customer.customerId,
  });
  const task = { operation: 'bind', requestId } as const;
  return resting(world, { name: 'BIND of an optical token', task, promise: 'pairing' });
}

/** A paired optical token for which two people approved an operation. */
export async function otcInUse(operation: 'reset' | 'rekey' | 'unlock'): Promise<Scene> {
  const world = await opened(await otcToBind());
  await finished(world);
  const complaint = await useOtc(world.bank, world.token, world.scene.customer);
  if (complaint !== undefined) throw new Error(complaint);
  const requestId = await approved(world, { operation });
  const promise = operation === 'unlock' ? 'login' : 'pairing';
  const name = `${operation.toUpperCase()} of an optical token`;
  return resting(world, { name, task: { operation, requestId }, promise });
}

async function stocked(name: string, kind: 'fob' | 'otc', number: number): Promise<Scene> {
  const made = madeToken(kind, number);
  const customer = { userCode: '12345678', pin: '27183' };
  const operation: SerialOperation = kind === 'fob' ? 'provision' : 'bind';
  const empty: Scene = {
    name,
    made,
    history: [],
    nowMs: BANK_START_MS,
    epochBefore: 0,
    task: { operation },
    customer: { customerId: '', ...customer },
    promise: kind === 'fob' ? 'next code' : 'nothing',
    seed: 1,
  };
  const world = await opened(empty);
  const { operators, stock } = world.staff();
  granted(await operators.add(FIRST_START, { ...CLERK, password: PASSWORD }));
  granted(await operators.add(FIRST_START, { ...SUPERVISOR, password: PASSWORD }));
  granted(await stock.importManifest(CLERK, signShippingManifest(MAKER, [made], { crypto: nodeCrypto })));
  const customerId = await world.bank.addCustomer(customer);
  return resting(world, { name, customer: { customerId, ...customer } });
}

async function approved(world: World, request: Omit<NewRequest, 'serial' | 'reason'>): Promise<string> {
  const { requests } = world.staff();
  const made = await requests.make(CLERK, { serial: world.serial(), reason: 'at the counter', ...request });
  const { requestId } = granted(made);
  granted(await requests.approve(SUPERVISOR, requestId));
  return requestId;
}

async function finished(world: World): Promise<void> {
  const outcome = await world.ceremony();
  if (outcome !== 'killed' && outcome.tag === 'done') return;
  throw new Error(`a ceremony without faults is done: ${JSON.stringify(outcome)}`);
}

async function opened(scene: Scene): Promise<World> {
  return await World.open(scene, { power: 'kept' }, async () => undefined);
}

/** The world as it is now, as the start of others. */
function resting(world: World, changes: Partial<Scene>): Scene {
  const { scene, token, bank } = world;
  return {
    ...scene,
    made: { ...scene.made, image: token.nvm() },
    history: world.history(),
    nowMs: bank.clock.nowMs() + 60_000,
    epochBefore: lookInto(token, scene.made).seedEpoch,
    seed: scene.seed + 1,
    ...changes,
  };
}
