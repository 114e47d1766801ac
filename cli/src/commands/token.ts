import type { StaffClient } from '../api/operator-session.ts';
import { staffClient } from '../api/operator-session.ts';
import { everyPage } from '../api/pages.ts';
import type { CustomerView, RequestView, TokenView } from '../api/staff-views.ts';
import type { CommandArgs, CommandContext, CommandSpec, OptionSpec } from '../command.ts';
import type { RequestJob, RequestOutcome } from '../device/request-flow.ts';
import { followRequest } from '../device/request-flow.ts';
import { fill } from '../i18n/fill.ts';
import { askedText, sureOrStop } from '../input/asking.ts';
import { typedCustomer } from '../input/typed-customer.ts';
import { typedSerial } from '../input/typed-serial.ts';
import { usageFailure } from '../output/failure.ts';
import { tokenLines, tokenTable } from '../output/token-lines.ts';
import { REASON_OPTION, SERVER_OPTION } from './common-options.ts';

/** How a request is made, approved and carried to a token. */
const REQUEST_OPTIONS: readonly OptionSpec[] = [
  REASON_OPTION,
  { flags: '--approver <name>' },
  { flags: '--request <id>' },
  { flags: '--port <path>' },
  { flags: '--token <name>' },
  SERVER_OPTION,
];

const list: CommandSpec = {
  path: ['token', 'list'],
  group: 'branch',
  options: [SERVER_OPTION],
  example: 'chiavetta token list',
  run: async (context, args) => {
    const { output } = context;
    const tokens = await everyPage<TokenView>(staffClient(context, args), {
      path: '/v1/tokens',
      name: 'tokens',
      idOf: ({ serial }) => serial,
    });
    for (const line of tokenTable(tokens, output.catalogue.texts)) output.line(line);
    output.document({ tokens });
  },
};

const status: CommandSpec = {
  path: ['token', 'status'],
  group: 'branch',
  args: ['<serial>'],
  options: [SERVER_OPTION],
  example: 'chiavetta token status 000000001042',
  run: async (context, args) => {
    const serial = typedSerial(args.text('serial'));
    tellToken(context, await tokenOf(staffClient(context, args), serial));
  },
};

const bind: CommandSpec = {
  path: ['token', 'bind'],
  group: 'branch',
  args: ['<serial>'],
  options: [{ flags: '--customer <customer>' }, { flags: '--slot <number>' }, ...REQUEST_OPTIONS],
  example: 'chiavetta token bind 000000001042 --customer 48213377 --approver bruno',
  run: async (context, args) => {
    const serial = typedSerial(args.text('serial'));
    const slot = args.whole('slot', { min: 0, max: 7 });
    const customer = namedCustomer(args);
    const client = staffClient(context, args);
    await follow(context, args, client, {
      serial,
      onDevice: 'bind',
      make: async () => {
        const customerId = await customerIdOf(client, customer ?? nobodyNamed());
        const reason = await reasonOf(context, args);
        return request(client, {
          operation: 'bind',
          serial,
          customerId,
          reason,
          ...(slot === undefined ? {} : { slot }),
        });
      },
    });
  },
};

const replace: CommandSpec = {
  path: ['token', 'replace'],
  group: 'branch',
  args: ['<serial>'],
  options: [
    { flags: '--with <serial>', required: true },
    { flags: '--customer <customer>' },
    ...REQUEST_OPTIONS,
  ],
  example:
    'chiavetta token replace 000000001042 --with 000000001077 --approver bruno --reason "display broken"',
  run: async (context, args) => {
    const oldSerial = typedSerial(args.text('serial'));
    const serial = typedSerial(args.text('with'));
    const customer = namedCustomer(args);
    const client = staffClient(context, args);
    await follow(context, args, client, {
      serial,
      onDevice: 'bind',
      make: async () => {
        const customerId = await holderOf(client, customer, oldSerial);
        const reason = await reasonOf(context, args);
        return request(client, { operation: 'replace', serial, oldSerial, customerId, reason });
      },
    });
  },
};

const unlock: CommandSpec = {
  path: ['token', 'unlock'],
  group: 'branch',
  args: ['<serial>'],
  options: REQUEST_OPTIONS,
  example: 'chiavetta token unlock 000000001042 --approver bruno --reason "PIN tries used up"',
  run: (context, args) => onDevice(context, args, 'unlock'),
};

const resetPin: CommandSpec = {
  path: ['token', 'reset-pin'],
  group: 'branch',
  args: ['<serial>'],
  options: REQUEST_OPTIONS,
  example: 'chiavetta token reset-pin 000000001042 --approver bruno --reason "forgot the device PIN"',
  run: (context, args) => onDevice(context, args, 'reset'),
};

const block: CommandSpec = {
  path: ['token', 'block'],
  group: 'branch',
  args: ['<serial>'],
  options: [REASON_OPTION, SERVER_OPTION],
  example: 'chiavetta token block 000000001042 --reason "reported stolen"',
  run: async (context, args) => {
    const { texts } = context.output.catalogue;
    const serial = typedSerial(args.text('serial'));
    const client = staffClient(context, args);
    const reason = await reasonOf(context, args);
    await sureOrStop(context, fill(texts['token.sure_block'], { serial }));
    tellToken(
      context,
      await client.post<TokenView>(`/v1/tokens/${encodeURIComponent(serial)}/block`, { reason }),
    );
  },
};

/** The bank's record of a token, by serial. */
export const tokenCommands: readonly CommandSpec[] = [list, status, bind, replace, unlock, resetPin, block];

type NewRequest = {
  readonly operation: string;
  readonly serial: string;
  readonly reason: string;
  readonly customerId?: string;
  readonly oldSerial?: string;
  readonly slot?: number;
};

function request(client: StaffClient, wish: NewRequest): Promise<RequestView> {
  return client.post('/v1/requests', wish);
}

/** UNLOCK and RESET: the same operation at the bank and on the device. */
async function onDevice(
  context: CommandContext,
  args: CommandArgs,
  operation: 'unlock' | 'reset',
): Promise<void> {
  const serial = typedSerial(args.text('serial'));
  const client = staffClient(context, args);
  await follow(context, args, client, {
    serial,
    onDevice: operation,
    make: async () => request(client, { operation, serial, reason: await reasonOf(context, args) }),
  });
}

async function follow(
  context: CommandContext,
  args: CommandArgs,
  client: StaffClient,
  job: RequestJob,
): Promise<void> {
  const { output } = context;
  const outcome: RequestOutcome = await followRequest(context, args, client, job);
  const token = await tokenOf(client, job.serial);
  const done = fill(output.catalogue.texts['token.request_done'], {
    request: outcome.request.requestId,
    operation: outcome.request.operation,
  });
  output.line(done);
  for (const line of tokenLines(token, output.catalogue.texts)) output.line(line);
  output.event({ type: 'result', ok: true, ...outcome, token });
}

function reasonOf(context: CommandContext, args: CommandArgs): Promise<string> {
  const { texts } = context.output.catalogue;
  return askedText(context, args.optional('reason'), texts['common.ask_reason']);
}

/** Whom `--customer` names, checked before anybody is asked. */
function namedCustomer(args: CommandArgs): string | undefined {
  const customer = args.optional('customer');
  return customer === undefined ? undefined : typedCustomer(customer);
}

function nobodyNamed(): never {
  throw usageFailure('Say for whom with --customer USER-CODE.');
}

/** Whoever holds the old device, where that is one customer; several share a token only by slots. */
async function holderOf(client: StaffClient, named: string | undefined, serial: string): Promise<string> {
  if (named !== undefined) return customerIdOf(client, named);
  const { bindings = [] } = await tokenOf(client, serial);
  const [only, ...others] = new Set(bindings.map(({ customerId }) => customerId));
  if (only !== undefined && others.length === 0) return only;
  throw usageFailure(`Token ${serial} is not one customer's: say for whom with --customer USER-CODE.`);
}

/** The validator knows customers by id; people know User Codes. */
async function customerIdOf(client: StaffClient, idOrUserCode: string): Promise<string> {
  const customer: CustomerView = await client.get(`/v1/customers/${encodeURIComponent(idOrUserCode)}`);
  return customer.customerId;
}

function tokenOf(client: StaffClient, serial: string): Promise<TokenView> {
  return client.get(`/v1/tokens/${encodeURIComponent(serial)}`);
}

function tellToken({ output }: CommandContext, token: TokenView): void {
  for (const line of tokenLines(token, output.catalogue.texts)) output.line(line);
  output.document({ token });
}
