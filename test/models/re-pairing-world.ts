import { keptGeneration } from '@chiavetta/protocol/otc';

/** The rules under test; `theRules` are those of the specification, each other value is a naive one. */
export type Rules = {
  /** Which keys a slot keeps when a PAIR1 is confirmed, and when it switches to the new ones. */
  readonly token: 'active generation named' | 'switch at the second matrix' | 'keep old until proof';
  /** A new PAIR1 voids P1/P2 of every slot of the token, not only of its own. */
  readonly voidsOtherSlots: boolean;
  /** NEW_PIN only while no binding of the token has an active generation; else: while this one has none. */
  readonly newPinOnlyWithoutActive: boolean;
  /** RESET retires the generations of all bindings of the token, not only of the one that was asked for. */
  readonly resetRetiresAll: boolean;
};

export const theRules: Rules = {
  token: 'active generation named',
  voidsOtherSlots: true,
  newPinOnlyWithoutActive: true,
  resetRetiresAll: true,
};

type Phase = 'AWAITING_PAIRING' | 'P1' | 'P2' | 'PAIRED';
/** Generations are small numbers, renamed in each state in order of appearance; 0 = none. */
type Generation = number;
type Binding = { readonly phase: Phase; readonly active: Generation; readonly attempt: Generation };
type Slot = { readonly active: Generation; readonly pending: Generation };
/** A PAIR1 that was issued and not scanned yet. */
type Picture = {
  readonly slot: number;
  readonly generation: Generation;
  readonly named: Generation;
  readonly newPin: boolean;
};
/** What lies with the customer for one slot: digits written down, the last second picture, an old login picture. */
type Hand = { readonly code10: Generation; readonly code6: Generation; readonly pair2: Generation };

/** Everything that matters for what can happen next. */
export type World = {
  readonly bindings: readonly Binding[];
  readonly slots: readonly Slot[];
  readonly hands: readonly Hand[];
  /** Oldest first: opening one closes those before it (the pairing counter). */
  readonly pictures: readonly Picture[];
  /** Generations that were active once: challenges of them may still lie around. */
  readonly everActive: readonly Generation[];
  /** `reset`: forgotten, and the branch has done a RESET since. */
  readonly pin: 'none' | 'known' | 'forgotten' | 'reset';
};

/** Who made a step, and what became of the world. */
export type Step = { readonly by: 'branch' | 'chance' | 'customer'; readonly next: World };

/** The slots of the token in the model. */
export const SLOTS: readonly number[] = [0, 1];

/** Two bound slots, nothing paired, no PIN. */
export const START: World = {
  bindings: SLOTS.map(() => ({ phase: 'AWAITING_PAIRING', active: 0, attempt: 0 })),
  slots: SLOTS.map(() => ({ active: 0, pending: 0 })),
  hands: SLOTS.map(() => ({ code10: 0, code6: 0, pair2: 0 })),
  pictures: [],
  everActive: [],
  pin: 'none',
};

/** Everything that may happen next. */
export function steps(world: World, rules: Rules, picturesMax: number): readonly Step[] {
  const found: Step[] = [];
  const add = (by: Step['by'], next: World | undefined): void => {
    if (next !== undefined) found.push({ by, next });
  };
  for (const slot of SLOTS) {
    add('branch', reset(world, slot, rules));
    add('branch', rekey(world, slot));
    add('customer', send(world, slot, rules, picturesMax));
    add('customer', expire(world, slot));
    add('customer', typeCode10(world, slot));
    add('customer', scanPair2(world, slot, rules));
    add('customer', typeCode6(world, slot));
    add('customer', scanLogin(world, slot));
  }
  add('chance', forget(world));
  world.pictures.forEach((_, at) => {
    add('customer', scanPair1(world, at, rules));
  });
  return found;
}

function change<T>(list: readonly T[], at: number, value: Partial<T>): readonly T[] {
  return list.map((one, index) => (index === at ? { ...one, ...value } : one));
}

const VOID = { phase: 'AWAITING_PAIRING', attempt: 0 } as const;

function reset(world: World, slot: number, rules: Rules): World {
  const bindings = world.bindings.map((binding, at) =>
    at === slot || rules.resetRetiresAll ? { ...VOID, active: 0 } : binding,
  );
  return { ...world, bindings, pin: world.pin === 'forgotten' ? 'reset' : world.pin };
}

/** A person forgets at any moment; only the branch helps then. */
function forget(world: World): World | undefined {
  return world.pin === 'known' ? { ...world, pin: 'forgotten' } : undefined;
}

function rekey(world: World, slot: number): World | undefined {
  if (world.bindings[slot]?.phase !== 'PAIRED') return undefined;
  return { ...world, bindings: change(world.bindings, slot, VOID) };
}

function send(world: World, slot: number, rules: Rules, picturesMax: number): World | undefined {
  const binding = world.bindings[slot];
  if (binding === undefined || binding.phase === 'PAIRED') return undefined;
  const generation = freshGeneration(world);
  const voided = world.bindings.map((one) =>
    rules.voidsOtherSlots && (one.phase === 'P1' || one.phase === 'P2') ? { ...one, ...VOID } : one,
  );
  const newPin = rules.newPinOnlyWithoutActive
    ? world.bindings.every((one) => one.active === 0)
    : binding.active === 0;
  const picture = { slot, generation, named: binding.active, newPin };
  return {
    ...world,
    bindings: change(voided, slot, { phase: 'P1', attempt: generation }),
    pictures: [...world.pictures, picture].slice(-picturesMax),
  };
}

function expire(world: World, slot: number): World | undefined {
  const phase = world.bindings[slot]?.phase;
  if (phase !== 'P1' && phase !== 'P2') return undefined;
  return { ...world, bindings: change(world.bindings, slot, VOID) };
}

/** The token opens a PAIR1 and its PIN step is confirmed: one record. Interrupted before that, nothing changes. */
function scanPair1(world: World, at: number, rules: Rules): World | undefined {
  const picture = world.pictures[at];
  const slot = picture === undefined ? undefined : world.slots[picture.slot];
  if (picture === undefined || slot === undefined) return undefined;
  if (!picture.newPin && world.pin !== 'known') return undefined;
  const erased = picture.newPin ? world.slots.map(() => ({ active: 0, pending: 0 })) : world.slots;
  const active = picture.newPin ? 0 : keptActive(slot, picture, rules);
  return {
    ...world,
    slots: change(erased, picture.slot, { active, pending: picture.generation }),
    hands: change(world.hands, picture.slot, { code10: picture.generation }),
    pictures: world.pictures.slice(at + 1),
    pin: 'known',
  };
}

function keptActive(slot: Slot, picture: Picture, rules: Rules): Generation {
  if (rules.token !== 'active generation named') return slot.active;
  const held = [slot.active, slot.pending].filter((one) => one !== 0).map((generation) => ({ generation }));
  return keptGeneration(held, picture.named)?.generation ?? 0;
}

function typeCode10(world: World, slot: number): World | undefined {
  const binding = world.bindings[slot];
  if (binding?.phase !== 'P1' || world.hands[slot]?.code10 !== binding.attempt) return undefined;
  return {
    ...world,
    bindings: change(world.bindings, slot, { phase: 'P2' }),
    hands: change(world.hands, slot, { pair2: binding.attempt }),
  };
}

function scanPair2(world: World, slot: number, rules: Rules): World | undefined {
  const generation = world.hands[slot]?.pair2 ?? 0;
  if (world.pin !== 'known') return undefined;
  if (generation === 0 || world.slots[slot]?.pending !== generation) return undefined;
  const switches = rules.token === 'switch at the second matrix';
  return {
    ...world,
    hands: change(world.hands, slot, { code6: generation }),
    slots: switches ? change(world.slots, slot, { active: generation, pending: 0 }) : world.slots,
  };
}

function typeCode6(world: World, slot: number): World | undefined {
  const binding = world.bindings[slot];
  if (binding?.phase !== 'P2' || world.hands[slot]?.code6 !== binding.attempt) return undefined;
  const active = binding.attempt;
  return {
    ...world,
    bindings: change(world.bindings, slot, { phase: 'PAIRED', active, attempt: 0 }),
    everActive: [...world.everActive, active],
  };
}

/** A challenge of the pending generation, fresh or from long ago, makes it the active one. */
function scanLogin(world: World, slot: number): World | undefined {
  const pending = world.slots[slot]?.pending ?? 0;
  if (world.pin !== 'known') return undefined;
  if (pending === 0 || !world.everActive.includes(pending)) return undefined;
  return { ...world, slots: change(world.slots, slot, { active: pending, pending: 0 }) };
}

function freshGeneration(world: World): Generation {
  return 1 + Math.max(0, ...generationsOf(world));
}

function generationsOf(world: World): readonly Generation[] {
  return [
    ...world.bindings.flatMap((one) => [one.active, one.attempt]),
    ...world.slots.flatMap((one) => [one.active, one.pending]),
    ...world.pictures.flatMap((one) => [one.generation, one.named]),
    ...world.hands.flatMap((one) => [one.code10, one.code6, one.pair2]),
    ...world.everActive,
  ];
}

/** The same world with generations renamed in order of appearance, and without what can have no effect any more. */
export function canonical(world: World): World {
  const hands = world.hands.map((hand, slot) => {
    const attempt = world.bindings[slot]?.attempt ?? 0;
    return {
      code10: hand.code10 === attempt ? hand.code10 : 0,
      code6: hand.code6 === attempt ? hand.code6 : 0,
      pair2: hand.pair2 === world.slots[slot]?.pending ? hand.pair2 : 0,
    };
  });
  const pictured = world.pictures.map((one) => one.generation);
  const living = [...world.slots.flatMap((one) => [one.active, one.pending]), ...pictured];
  const names = new Map<Generation, Generation>([[0, 0]]);
  const name = (generation: Generation): Generation => {
    const known = names.get(generation) ?? names.size;
    names.set(generation, known);
    return known;
  };
  return {
    bindings: world.bindings.map((one) => ({ ...one, active: name(one.active), attempt: name(one.attempt) })),
    slots: world.slots.map((one) => ({ active: name(one.active), pending: name(one.pending) })),
    hands: hands.map((one) => ({ code10: name(one.code10), code6: name(one.code6), pair2: name(one.pair2) })),
    pictures: world.pictures.map((one) => ({
      ...one,
      generation: name(one.generation),
      named: name(one.named),
    })),
    everActive: world.everActive
      .filter((one) => living.includes(one))
      .map(name)
      .toSorted((a, b) => a - b),
    pin: world.pin,
  };
}
