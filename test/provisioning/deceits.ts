import type { Deceit, Recording } from './evil-host.ts';

/** One bit of every `stride`-th byte of every message and of both HELLOs flipped; the bit goes round. */
export function alterations(honest: Recording, stride: number): readonly Deceit[] {
  const places = [
    ...honest.messages.map((message, place) => ({ place, byteCount: message.length })),
    { place: 'hello', byteCount: honest.hello.length } as const,
    { place: 'helloReply', byteCount: honest.helloReply.length } as const,
  ];
  return places.flatMap(({ place, byteCount }) =>
    Array.from({ length: Math.ceil(byteCount / stride) }, (_, index) => {
      const byte = index * stride;
      return {
        name: `bit ${byte % 8} of byte ${byte} of ${place} flipped`,
        at: new Map([[place, (bytes: Uint8Array) => flipped(bytes, byte)]]),
      };
    }),
  );
}

/** Each message left out, cut short or made longer. */
export function losses(honest: Recording): readonly Deceit[] {
  return honest.messages.flatMap((_, place) => [
    { name: `message ${place} emptied`, at: new Map([[place, () => new Uint8Array(0)]]) },
    {
      name: `message ${place} cut short`,
      at: new Map([[place, (bytes: Uint8Array) => bytes.subarray(0, bytes.length - 1)]]),
    },
    {
      name: `message ${place} made longer`,
      at: new Map([[place, (bytes: Uint8Array) => Uint8Array.from([...bytes, 0])]]),
    },
  ]);
}

/** Each message replaced by each other one of the session: earlier ones again, later ones too soon. */
export function replays(honest: Recording): readonly Deceit[] {
  const { messages } = honest;
  return messages.flatMap((_, place) =>
    messages.flatMap((other, from) =>
      from === place
        ? []
        : [{ name: `message ${from} given as ${place}`, at: new Map([[place, () => other]]) }],
    ),
  );
}

/** Two messages of the session exchanged. */
export function exchanges(honest: Recording): readonly Deceit[] {
  const { messages } = honest;
  return messages.flatMap((one, first) =>
    messages.flatMap((other, second) =>
      second <= first
        ? []
        : [
            {
              name: `messages ${first} and ${second} exchanged`,
              at: new Map([
                [first, () => other],
                [second, () => one],
              ]),
            },
          ],
    ),
  );
}

/** Each message, and each pair of neighbours, replaced by what another session of the same two said there. */
export function oldMessages(honest: Recording, old: Recording): readonly Deceit[] {
  const given = (place: number): readonly [number, () => Uint8Array] => {
    const message = old.messages[place];
    return [place, () => message ?? new Uint8Array(0)];
  };
  return honest.messages.flatMap((_, place) => [
    { name: `message ${place} of another session`, at: new Map([given(place)]) },
    {
      name: `messages ${place} and ${place + 1} of another session`,
      at: new Map([given(place), given(place + 1)]),
    },
  ]);
}

function flipped(bytes: Uint8Array, byte: number): Uint8Array {
  return bytes.map((value, index) => (index === byte ? value ^ (1 << (byte % 8)) : value));
}
