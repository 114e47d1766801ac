/** The rules under test; `theRules` are those of docs/spec/provisioning.md, each other value is a naive one. */
export type Rules = {
  /** One phase: the token takes the seed at PREPARE, and the validator stores it when READY arrives. */
  readonly phases: 'two' | 'one';
  /** IN_DOUBT is stored before PREPARE leaves. */
  readonly storesBeforePrepare: boolean;
  /** A device in doubt is asked what became of it before anything else; else a new attempt replaces the old one. */
  readonly asksStatus: boolean;
  /** A transaction in doubt is never forgotten because time went by. */
  readonly neverReapsDoubt: boolean;
  /** DONE, not the leaving of COMMIT, makes the new seed the one in force. */
  readonly waitsForDone: boolean;
};

export const theRules: Rules = {
  phases: 'two',
  storesBeforePrepare: true,
  asksStatus: true,
  neverReapsDoubt: true,
  waitsForDone: true,
};

/** A transaction id, renamed in each state in order of appearance; 0 is "none" and the factory's missing seed. */
type Txid = number;
type Transaction = {
  readonly id: Txid;
  readonly epoch: number;
  readonly state: 'RESERVED' | 'IN_DOUBT' | 'PROVED';
};
type Message =
  | { readonly tag: 'certificate'; readonly epoch: number }
  | {
      readonly tag: 'prepare' | 'status' | 'commit' | 'ready' | 'done' | 'refused';
      readonly id: Txid;
      readonly epoch: number;
    }
  | {
      readonly tag: 'statusReply';
      readonly id: Txid;
      readonly found: 'unknown' | 'staged' | 'committed';
      readonly epoch: number;
    };

/** A session at the validator and the one message of it that is on its way. */
type Session = {
  readonly id: Txid;
  readonly message: Message;
  /** The token's memory still has this session; at most one has. */
  readonly linked: boolean;
};

/** Everything that matters for what can happen next. */
export type World = {
  /** Whose seed the validator takes codes of, and its epoch. */
  readonly server: { readonly seed: Txid; readonly epoch: number; readonly transaction?: Transaction };
  readonly token: {
    readonly seed: Txid;
    readonly epoch: number;
    readonly staged: Txid;
    readonly stagedEpoch: number;
  };
  /** Oldest first: a PC that was lost may still deliver a message of an old one. */
  readonly sessions: readonly Session[];
};

/** A token of stock. */
export const START: World = {
  server: { seed: 0, epoch: 0 },
  token: { seed: 0, epoch: 0, staged: 0, stagedEpoch: 0 },
  sessions: [],
};

/** Who made a step: `work` happens by itself if people go on trying, `chance` need never happen. */
export type Step = { readonly by: 'work' | 'chance'; readonly next: World };

/** Sessions of which a message may be on its way at once. */
const SESSIONS_MAX = 2;

/** Everything that may happen next. */
export function steps(world: World, rules: Rules): readonly Step[] {
  const found: Step[] = [{ by: 'work', next: plugIn(world) }];
  for (const session of world.sessions) {
    const without = drop(world, session);
    // The message is lost, or the PC, or the validator's memory of the session.
    found.push({ by: 'chance', next: without });
    const isForServer = !['prepare', 'status', 'commit'].includes(session.message.tag);
    const delivered = isForServer ? toServer(without, session, rules) : toToken(world, session, rules);
    for (const next of delivered.work) found.push({ by: 'work', next });
    for (const next of delivered.chance) found.push({ by: 'chance', next });
  }
  found.push({
    by: 'chance',
    next: { ...world, sessions: world.sessions.map((one) => ({ ...one, linked: false })) },
  });
  const { transaction } = world.server;
  if (transaction?.state === 'RESERVED' || (transaction !== undefined && !rules.neverReapsDoubt)) {
    found.push({ by: 'chance', next: forget(world) });
  }
  return found;
}

/** The same world with transactions and epochs renamed, so that equal worlds are equal. */
export function canonical(world: World): World {
  const names = new Map<Txid, Txid>([[0, 0]]);
  const name = (id: Txid): Txid => {
    const known = names.get(id) ?? names.size;
    names.set(id, known);
    return known;
  };
  // Epochs are only compared, and a new one is above all that it is made from: their order is all that matters.
  const order = [...new Set(epochsOf(world))].sort((left, right) => left - right);
  const rank = (epoch: number): number => order.indexOf(epoch);
  const { transaction } = world.server;
  const server = {
    seed: name(world.server.seed),
    epoch: rank(world.server.epoch),
    ...(transaction === undefined
      ? {}
      : { transaction: { ...transaction, id: name(transaction.id), epoch: rank(transaction.epoch) } }),
  };
  const { seed, epoch, staged, stagedEpoch } = world.token;
  const token = {
    seed: name(seed),
    epoch: rank(epoch),
    staged: name(staged),
    stagedEpoch: rank(stagedEpoch),
  };
  const sessions = world.sessions.map(({ id, message, linked }) => ({
    id: name(id),
    message:
      message.tag === 'certificate'
        ? { ...message, epoch: rank(message.epoch) }
        : { ...message, id: name(message.id), epoch: rank(message.epoch) },
    linked,
  }));
  return { server, token, sessions };
}

function epochsOf({ server, token, sessions }: World): readonly number[] {
  const ofServer = [server.epoch, ...(server.transaction === undefined ? [] : [server.transaction.epoch])];
  return [...ofServer, token.epoch, token.stagedEpoch, ...sessions.map((one) => one.message.epoch)];
}

/** HELLO: a new session, the only one that the token knows from now on. */
function plugIn(world: World): World {
  const older = world.sessions.map((one) => ({ ...one, linked: false })).slice(-(SESSIONS_MAX - 1));
  const message = { tag: 'certificate', epoch: world.token.epoch } as const;
  return { ...world, sessions: [...older, { id: 0, message, linked: true }] };
}

type Delivered = { readonly work: readonly World[]; readonly chance: readonly World[] };
const NOTHING: Delivered = { work: [], chance: [] };

function toToken(world: World, session: Session, rules: Rules): Delivered {
  const { message } = session;
  // A message of a session that the token has forgotten does not open.
  if (!session.linked || message.tag === 'certificate') return NOTHING;
  const { token } = world;
  const { id, epoch } = message;
  if (message.tag === 'prepare') {
    if (epoch <= token.epoch)
      return { work: [answer(world, session, { tag: 'refused', id, epoch })], chance: [] };
    const taken =
      rules.phases === 'one' ? { ...token, seed: id, epoch } : { ...token, staged: id, stagedEpoch: epoch };
    return {
      work: [answer({ ...world, token: taken }, session, { tag: 'ready', id, epoch })],
      chance: [answer(world, session, { tag: 'refused', id, epoch })],
    };
  }
  if (message.tag === 'status') {
    const found = token.seed === id ? 'committed' : token.staged === id ? 'staged' : 'unknown';
    return { work: [answer(world, session, { tag: 'statusReply', id, found, epoch })], chance: [] };
  }
  const isKnown = token.staged === id || token.seed === id;
  if (!isKnown) return { work: [answer(world, session, { tag: 'refused', id, epoch })], chance: [] };
  const committed =
    token.staged === id
      ? { seed: id, epoch: token.stagedEpoch, staged: 0, stagedEpoch: token.stagedEpoch }
      : token;
  return { work: [answer({ ...world, token: committed }, session, { tag: 'done', id, epoch })], chance: [] };
}

function toServer(world: World, session: Session, rules: Rules): Delivered {
  const { message } = session;
  if (message.tag === 'certificate') return begin(world, session, rules);
  const { transaction } = world.server;
  const { id, epoch } = message;
  const oneWay = !rules.storesBeforePrepare || rules.phases === 'one';
  const isOurs = transaction?.id === id;
  if (message.tag === 'ready' && oneWay && transaction === undefined) {
    const stored: World =
      rules.phases === 'one'
        ? { ...world, server: { seed: id, epoch } }
        : { ...world, server: { ...world.server, transaction: { id, epoch, state: 'PROVED' } } };
    return rules.phases === 'one'
      ? { work: [stored], chance: [] }
      : { work: [send(stored, session, { tag: 'commit', id, epoch })], chance: [stored] };
  }
  // A message about a transaction that is settled is refused and changes nothing.
  if (!isOurs) return { work: [world], chance: [] };
  switch (message.tag) {
    case 'ready':
      return commit(world, session, rules);
    case 'done':
      return { work: [finish(world)], chance: [] };
    case 'refused':
      // To PREPARE: nothing was staged. To COMMIT: the transaction stays, and the next session asks.
      return { work: [transaction.state === 'IN_DOUBT' ? forget(world) : world], chance: [] };
    case 'statusReply':
      if (message.found === 'committed') return { work: [finish(world)], chance: [] };
      return message.found === 'staged'
        ? commit(world, session, rules)
        : { work: [forget(world)], chance: [] };
    default:
      return NOTHING;
  }
}

/** The proof is stored, then COMMIT leaves; the validator may die in between. */
function commit(world: World, session: Session, rules: Rules): Delivered {
  const { transaction } = world.server;
  if (transaction === undefined) return NOTHING;
  const { id, epoch } = transaction;
  const proved: World = {
    ...world,
    server: { ...world.server, transaction: { ...transaction, state: 'PROVED' } },
  };
  const after = rules.waitsForDone ? proved : finish(proved);
  return { work: [send(after, session, { tag: 'commit', id, epoch })], chance: [after] };
}

function begin(world: World, session: Session, rules: Rules): Delivered {
  const { server } = world;
  const { transaction } = server;
  if (session.message.epoch < server.epoch) return { work: [world], chance: [] };
  if (transaction !== undefined && transaction.state !== 'RESERVED' && rules.asksStatus) {
    const { id, epoch } = transaction;
    return { work: [send(world, session, { tag: 'status', id, epoch })], chance: [] };
  }
  const id = nextId(world);
  const epoch = 1 + Math.max(server.epoch, session.message.epoch);
  const prepare = { tag: 'prepare', id, epoch } as const;
  if (!rules.storesBeforePrepare || rules.phases === 'one') {
    return { work: [send(world, session, prepare)], chance: [] };
  }
  const reserved: World = { ...world, server: { ...server, transaction: { id, epoch, state: 'RESERVED' } } };
  const inDoubt: World = { ...world, server: { ...server, transaction: { id, epoch, state: 'IN_DOUBT' } } };
  return { work: [send(inDoubt, session, prepare)], chance: [reserved, inDoubt] };
}

function finish(world: World): World {
  const { transaction } = world.server;
  return transaction === undefined
    ? world
    : { ...world, server: { seed: transaction.id, epoch: transaction.epoch } };
}

function forget(world: World): World {
  const { seed, epoch } = world.server;
  return { ...world, server: { seed, epoch } };
}

function drop(world: World, session: Session): World {
  return { ...world, sessions: world.sessions.filter((one) => one !== session) };
}

function answer(world: World, session: Session, message: Message): World {
  return { ...world, sessions: world.sessions.map((one) => (one === session ? { ...one, message } : one)) };
}

function send(world: World, session: Session, message: Message): World {
  const id = message.tag === 'certificate' ? session.id : message.id;
  return { ...world, sessions: [...world.sessions, { id, message, linked: session.linked }] };
}

function nextId(world: World): Txid {
  const { server, token, sessions } = world;
  const ids = sessions.flatMap(({ id, message }) => [id, message.tag === 'certificate' ? 0 : message.id]);
  return 1 + Math.max(server.seed, server.transaction?.id ?? 0, token.seed, token.staged, ...ids);
}
