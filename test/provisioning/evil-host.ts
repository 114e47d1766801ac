import { toHex } from '@chiavetta/protocol/bytes';
import type { CeremonyOutcome, ProvisioningServer } from '@chiavetta/provisioning';
import { doneFaults, restFaults } from './agreement.ts';
import type { Scene } from './scene.ts';
import { World } from './world.ts';

/** The messages of one session as the branch PC sees them, in the order in which it carries them. */
export type Recording = {
  readonly messages: readonly Uint8Array[];
  readonly hello: Uint8Array;
  readonly helloReply: Uint8Array;
  /** Every flash image of the token, and every stage of the validator's transaction, that an honest run goes through. */
  readonly images: ReadonlySet<string>;
  readonly stages: ReadonlySet<string>;
};

/** What an evil PC does to the message at a place: the message that it hands on instead. */
export type Deceit = {
  readonly name: string;
  /** By place among the messages of a session; HELLO and its answer have names. */
  readonly at: ReadonlyMap<number | 'hello' | 'helloReply', (honest: Uint8Array) => Uint8Array>;
};

/** An honest run of the scene, recorded. `seed` makes another session of the same scene. */
export async function record(scene: Scene, seed: number = scene.seed): Promise<Recording> {
  const world = await World.open({ ...scene, seed }, { power: 'kept' }, async () => undefined);
  const messages: Uint8Array[] = [];
  const images = new Set([toHex(world.token.nvm())]);
  const stages = new Set([await stageOf(world)]);
  world.token.onNvm((image) => images.add(toHex(image)));
  let hello = new Uint8Array(0);
  let helloReply = new Uint8Array(0);
  const server = carriedBy(world, async (place, message) => {
    stages.add(await stageOf(world));
    if (place === 'hello') hello = message.slice();
    else if (place === 'helloReply') helloReply = message.slice();
    else messages.push(message.slice());
    return message;
  });
  const outcome = await world.ceremony({ server });
  stages.add(await stageOf(world));
  if (outcome === 'killed' || outcome.tag !== 'done') throw new Error(`not done: ${JSON.stringify(outcome)}`);
  return { messages, hello, helloReply, images, stages };
}

/** What is wrong after the evil PC's session and an honest one after it; nothing, if every deceit only ends a session. */
export async function deceive(scene: Scene, honest: Recording, deceit: Deceit): Promise<readonly string[]> {
  const world = await World.open(scene, { power: 'kept' }, async () => undefined);
  const server = carriedBy(world, async (place, message) => deceit.at.get(place)?.(message) ?? message);
  const outcome = await world.ceremony({ server });
  const faults = [...(await restFaults(world))];
  if (nameOf(outcome) === 'done') faults.push('the deceived ceremony says done');
  if (!honest.images.has(toHex(world.token.nvm()))) faults.push('the flash is as no honest run leaves it');
  const stage = await stageOf(world);
  if (!honest.stages.has(stage)) faults.push(`the validator is where no honest run is: ${stage}`);
  const again = nameOf(await world.ceremony());
  if (again !== 'done') faults.push(`an honest run afterwards ends ${again}`);
  return [...faults, ...(await doneFaults(world))];
}

export function nameOf(outcome: CeremonyOutcome | 'killed'): string {
  if (outcome === 'killed') return outcome;
  return outcome.tag === 'failed' ? outcome.error.id : 'done';
}

/** Where the validator is with the token, without what is random in it. */
async function stageOf(world: World): Promise<string> {
  const stored = await world.bank.ports.store.read('token', world.serial());
  if (stored === undefined) return 'unknown';
  const { device, seedEpoch, transaction } = stored.value;
  return `${device} ${seedEpoch} ${transaction?.state ?? 'no transaction'} ${transaction?.txid ?? ''}`;
}

type Carry = (place: number | 'hello' | 'helloReply', message: Uint8Array) => Promise<Uint8Array>;

/** The validator behind a PC that handles every message on its way. */
function carriedBy(world: World, carry: Carry): ProvisioningServer {
  const { server } = world.branch;
  let place = -1;
  const next = async (message: Uint8Array): Promise<Uint8Array> => {
    place += 1;
    return await carry(place, message);
  };
  return {
    open: async ({ hello, helloReply, ...request }) => {
      const answer = await server.open({
        ...request,
        hello: await carry('hello', hello),
        helloReply: await carry('helloReply', helloReply),
      });
      return answer.frame === undefined ? answer : { ...answer, frame: await next(answer.frame) };
    },
    frame: async (sessionId, frame) => {
      const answer = await server.frame(sessionId, await next(frame));
      return answer.frame === undefined ? answer : { ...answer, frame: await next(answer.frame) };
    },
  };
}
