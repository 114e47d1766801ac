import { staffClient } from '../api/operator-session.ts';
import type { CustomerView } from '../api/staff-views.ts';
import type { CommandArgs, CommandContext, CommandSpec } from '../command.ts';
import { fill } from '../i18n/fill.ts';
import { askedText, sureOrStop } from '../input/asking.ts';
import { typedBirthDate, typedCustomer, typedMailAddress } from '../input/typed-customer.ts';
import { typedSerial } from '../input/typed-serial.ts';
import { customerLines } from '../output/customer-lines.ts';
import { REASON_OPTION, SERVER_OPTION } from './common-options.ts';

const add: CommandSpec = {
  path: ['customer', 'add'],
  group: 'branch',
  options: [
    { flags: '--name <name>' },
    { flags: '--email <address>' },
    { flags: '--label <text>' },
    { flags: '--birth-date <date>' },
    { flags: '--referente <address>' },
    SERVER_OPTION,
  ],
  example: 'chiavetta customer add --name "Maria Rossi" --email maria@example.org',
  run: async (context, args) => {
    const { output } = context;
    const { texts } = output.catalogue;
    // What cannot be right is said before anybody is asked.
    const [typedEmail, birthDate, referente] = [
      checked(args.optional('email'), typedMailAddress),
      checked(args.optional('birth-date'), typedBirthDate),
      checked(args.optional('referente'), typedMailAddress),
    ];
    const client = staffClient(context, args);
    const name = await askedText(context, args.optional('name'), texts['customer.ask_name']);
    const email = typedMailAddress(await askedText(context, typedEmail, texts['customer.ask_email']));
    const answer: { readonly customerId: string; readonly userCode: string } = await client.post(
      '/v1/customers',
      {
        name,
        email,
        ...given('label', args.optional('label')),
        ...given('birthDate', birthDate),
        ...given('referente', referente),
      },
    );
    output.line(fill(texts['customer.added'], { name, userCode: answer.userCode }));
    output.line(fill(texts['customer.pin_mailed'], { email }));
    output.document({ ...answer, name, email });
  },
};

const show: CommandSpec = {
  path: ['customer', 'show'],
  group: 'branch',
  args: ['<customer>'],
  options: [SERVER_OPTION],
  example: 'chiavetta customer show 48213377',
  run: async (context, args) => {
    const customer = typedCustomer(args.text('customer'));
    tell(context, await customerOf(staffClient(context, args), customer));
  },
};

const block: CommandSpec = {
  path: ['customer', 'block'],
  group: 'branch',
  args: ['<customer>'],
  options: [{ flags: '--only <serials>' }, REASON_OPTION, SERVER_OPTION],
  example: 'chiavetta customer block 48213377 --reason "phone call: fob stolen"',
  run: async (context, args) => {
    const { texts } = context.output.catalogue;
    const only = args.optional('only');
    const what = only === undefined ? {} : { what: only.split(',').map(typedSerial) };
    await change(context, args, { act: 'block', sure: texts['customer.sure_block'], body: what });
  },
};

const reinstate: CommandSpec = {
  path: ['customer', 'reinstate'],
  group: 'branch',
  args: ['<customer>'],
  options: [{ flags: '--new-pin' }, REASON_OPTION, SERVER_OPTION],
  example: 'chiavetta customer reinstate 48213377 --new-pin --reason "came in person, showed passport"',
  run: (context, args) =>
    change(context, args, { act: 'reinstate', sure: undefined, body: { newPin: args.flag('new-pin') } }),
};

const newPin: CommandSpec = {
  path: ['customer', 'new-pin'],
  group: 'branch',
  args: ['<customer>'],
  options: [REASON_OPTION, SERVER_OPTION],
  example: 'chiavetta customer new-pin 48213377 --reason "forgot the PIN"',
  run: async (context, args) => {
    const { texts } = context.output.catalogue;
    await change(context, args, { act: 'new-pin', sure: texts['customer.sure_new_pin'], body: {} });
  },
};

/** Customers: their account, never their codes. */
export const customerCommands: readonly CommandSpec[] = [add, show, block, reinstate, newPin];

/** One act on an account, with its reason, after a yes where it takes something away. */
async function change(
  context: CommandContext,
  args: CommandArgs,
  job: {
    readonly act: 'block' | 'reinstate' | 'new-pin';
    readonly sure: string | undefined;
    readonly body: Readonly<Record<string, unknown>>;
  },
): Promise<void> {
  const { texts } = context.output.catalogue;
  const named = typedCustomer(args.text('customer'));
  const client = staffClient(context, args);
  const customer = await customerOf(client, named);
  const reason = await askedText(context, args.optional('reason'), texts['common.ask_reason']);
  if (job.sure !== undefined) await sureOrStop(context, fill(job.sure, { name: customer.name }));
  const path = `/v1/customers/${encodeURIComponent(customer.customerId)}/${job.act}`;
  tell(context, await client.post<CustomerView>(path, { reason, ...job.body }));
}

function customerOf(client: ReturnType<typeof staffClient>, customer: string): Promise<CustomerView> {
  return client.get(`/v1/customers/${encodeURIComponent(customer)}`);
}

function tell({ output }: CommandContext, customer: CustomerView): void {
  for (const line of customerLines(customer, output.catalogue.texts)) output.line(line);
  output.document({ customer });
}

function checked(text: string | undefined, check: (text: string) => string): string | undefined {
  return text === undefined ? undefined : check(text);
}

function given<Name extends string>(
  name: Name,
  value: string | undefined,
): Readonly<Partial<Record<Name, string>>> {
  const fields: Partial<Record<Name, string>> = {};
  if (value !== undefined) fields[name] = value;
  return fields;
}
