import type { CommandArgs, CommandContext, CommandSpec } from '../command.ts';
import { usageFailure } from '../output/failure.ts';
import { table } from '../output/table.ts';
import type { Order, OrderLine } from '../sim/order-line.ts';
import { simRunCommand } from './sim-run.ts';

/** What can be done to a running token by its name: each is one order over its socket. */
export const simCommands: readonly CommandSpec[] = [
  simRunCommand,
  { path: ['sim', 'list'], group: 'develop', example: 'chiavetta sim list', run: list },
  order('press', {
    args: ['[key]'],
    options: [{ flags: '--hold <time>' }],
    example: 'chiavetta sim press mytoken ok',
    words: (args) => [args.optional('key'), args.optional('hold')],
  }),
  {
    path: ['sim', 'type'],
    group: 'develop',
    args: ['<name>'],
    example: 'chiavetta sim type mytoken',
    run: type,
  },
  {
    path: ['sim', 'scan'],
    group: 'develop',
    args: ['<name>', '<file>'],
    example: 'chiavetta sim scan mytoken picture.png',
    run: scan,
  },
  order('screen', { example: 'chiavetta sim screen mytoken', words: () => [] }),
  order('advance', {
    args: ['<time>'],
    example: 'chiavetta sim advance mytoken 30s',
    words: (args) => [args.text('time')],
  }),
  order('power', {
    args: ['<what>'],
    example: 'chiavetta sim power mytoken cut',
    words: (args) => [args.text('what')],
  }),
  order('battery', {
    args: ['<level>'],
    example: 'chiavetta sim battery mytoken low',
    words: (args) => [args.text('level')],
  }),
  order('unplug', { example: 'chiavetta sim unplug mytoken', words: () => [] }),
  order('plug', { example: 'chiavetta sim plug mytoken', words: () => [] }),
  {
    path: ['sim', 'stop'],
    group: 'develop',
    args: ['<name>'],
    example: 'chiavetta sim stop mytoken',
    run: stop,
  },
];

type OrderCommand = Pick<CommandSpec, 'args' | 'options' | 'example'> & {
  /** What would be typed after the verb. */
  readonly words: (args: CommandArgs) => readonly (string | undefined)[];
};

/** The command that says the same as the typed line `verb words...`. */
function order(verb: string, { args = [], words, ...spec }: OrderCommand): CommandSpec {
  return {
    ...spec,
    path: ['sim', verb],
    group: 'develop',
    args: ['<name>', ...args],
    run: async (context, typed) => {
      const { readOrderLine } = await import('../sim/order-line.ts');
      const given = words(typed).filter((word) => word !== undefined);
      await give(context, typed, orderIn(readOrderLine([verb, ...given].join(' '))));
    },
  };
}

function orderIn(line: OrderLine): Order {
  if (line.tag === 'order') return line.order;
  throw usageFailure(line.tag === 'wrong' ? line.allowed : 'Not understood.');
}

async function type(context: CommandContext, args: CommandArgs): Promise<void> {
  const { readOrderLine } = await import('../sim/order-line.ts');
  const digits = await context.input.secret(context.output.catalogue.texts['ask.digits']);
  await give(context, args, orderIn(readOrderLine(`type ${digits}`)));
}

async function scan(context: CommandContext, args: CommandArgs): Promise<void> {
  const { scanOrder } = await import('../sim/order-line.ts');
  await give(context, args, scanOrder(args.text('file')));
}

async function stop(context: CommandContext, args: CommandArgs): Promise<void> {
  const { orderToken } = await import('../sim/running-tokens.ts');
  const name = args.text('name');
  const { info } = await orderToken(
    { home: context.home, name, signal: context.signal },
    { method: 'stop', params: {} },
  );
  context.output.document({ name, serial: info.serial, stopped: true });
  context.output.line(`token "${name}" stopped; its memory is kept`);
}

async function give(context: CommandContext, args: CommandArgs, given: Order): Promise<void> {
  const { orderToken } = await import('../sim/running-tokens.ts');
  const { displayText } = await import('../sim/display-text.ts');
  const { unheardNote } = await import('../sim/unheard-note.ts');
  const name = args.text('name');
  const result = await orderToken({ home: context.home, name, signal: context.signal }, given);
  const { screen, lines, step, nowMs, info, unheard } = result;
  const why = unheard === undefined ? {} : { unheard };
  const { serial, linkPath } = info;
  context.output.document({ name, serial, screen, lines, step, nowMs, linkPath, ...why });
  context.output.line(`display: ${displayText(lines)}`);
  const note = unheardNote(context.output.catalogue, result);
  if (note !== undefined) context.output.note(note);
}

async function list(context: CommandContext): Promise<void> {
  const { listTokens } = await import('../sim/list-tokens.ts');
  const tokens = await listTokens(context.home);
  context.output.document({ tokens });
  const { texts } = context.output.catalogue;
  if (tokens.length === 0) {
    context.output.note(texts['sim.none']);
    return;
  }
  const rows = tokens.map(({ name, serial, profile, running, linkPath }) => {
    const where = running ? (linkPath ?? 'unplugged') : 'not running';
    return [name, serial, profile, where];
  });
  const heading = [
    texts['sim.column.name'],
    texts['sim.column.serial'],
    texts['sim.column.profile'],
    texts['sim.column.port'],
  ];
  for (const line of table([heading, ...rows])) context.output.line(line);
}
