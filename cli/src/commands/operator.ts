import {
  anonymousClient,
  forgetOperatorSession,
  keepOperatorSession,
  readOperatorSession,
  signIn,
  signOut,
  staffClient,
} from '../api/operator-session.ts';
import { everyPage } from '../api/pages.ts';
import type { OperatorView } from '../api/staff-views.ts';
import { validatorClient } from '../api/validator-client.ts';
import type { CommandSpec } from '../command.ts';
import { fill } from '../i18n/fill.ts';
import { usageFailure } from '../output/failure.ts';
import { nameValueLines, table } from '../output/table.ts';
import { SERVER_OPTION } from './common-options.ts';

const ROLES = ['clerk', 'supervisor', 'auditor', 'referente', 'service'] as const;

const login: CommandSpec = {
  path: ['operator', 'login'],
  group: 'branch',
  args: ['[name]'],
  options: [SERVER_OPTION],
  example: 'chiavetta operator login clerk',
  run: async (context, args) => {
    const { input, output, home } = context;
    const { texts } = output.catalogue;
    const client = anonymousClient(context, args);
    const name = args.optional('name') ?? (await input.text(texts['operator.ask_name']));
    const password = await input.secret(fill(texts['operator.ask_password'], { name }));
    const session = await signIn(client, { name, password });
    const { token, role, expiresInS } = session;
    keepOperatorSession(home, { v: 1, url: client.url, token, name: session.name, role });
    output.line(fill(texts['operator.signed_in'], { name: session.name, role }));
    output.document({ name: session.name, role, expiresInS });
  },
};

const logout: CommandSpec = {
  path: ['operator', 'logout'],
  group: 'branch',
  example: 'chiavetta operator logout',
  run: async ({ output, home, signal }) => {
    const { texts } = output.catalogue;
    const session = readOperatorSession(home);
    // The file goes first: whatever the validator says, this machine forgets.
    forgetOperatorSession(home);
    if (session !== undefined) await signOut(validatorClient({ url: session.url, signal }), session.token);
    output.line(texts['operator.signed_out']);
    output.document({ signedOut: true });
  },
};

const whoami: CommandSpec = {
  path: ['operator', 'whoami'],
  group: 'branch',
  options: [SERVER_OPTION],
  example: 'chiavetta operator whoami',
  run: async (context, args) => {
    const { output } = context;
    const { texts } = output.catalogue;
    const client = staffClient(context, args);
    const session: { readonly name: string; readonly role: string; readonly expiresInS?: number } =
      await client.get('/v1/operator-sessions');
    for (const line of nameValueLines([
      [texts['column.name'], session.name],
      [texts['column.role'], session.role],
      [texts['column.validator'], client.url],
    ])) {
      output.line(line);
    }
    output.document({ ...session, server: client.url });
  },
};

const add: CommandSpec = {
  path: ['operator', 'add'],
  group: 'branch',
  args: ['<name>'],
  options: [{ flags: '--role <role>', required: true, choices: ROLES }, SERVER_OPTION],
  example: 'chiavetta operator add bruno --role supervisor',
  run: async (context, args) => {
    const { input, output } = context;
    const { texts } = output.catalogue;
    const client = staffClient(context, args);
    const name = args.text('name');
    const password = await input.secret(fill(texts['operator.ask_new_password'], { name }));
    const again = await input.secret(texts['operator.ask_again']);
    if (password !== again) throw usageFailure(texts['operator.passwords_differ']);
    const made: OperatorView = await client.post('/v1/operators', {
      name,
      role: args.text('role'),
      password,
    });
    output.line(fill(texts['operator.added'], { name: made.name, role: made.role }));
    output.document({ operator: made });
  },
};

const list: CommandSpec = {
  path: ['operator', 'list'],
  group: 'branch',
  options: [SERVER_OPTION],
  example: 'chiavetta operator list',
  run: async (context, args) => {
    const { output } = context;
    const { texts } = output.catalogue;
    const operators = await everyPage<OperatorView>(staffClient(context, args), {
      path: '/v1/operators',
      name: 'operators',
      idOf: (each) => each.name,
    });
    const rows = operators.map(({ name, role, disabled }) => [
      name,
      role,
      disabled ? texts['operator.disabled'] : '',
    ]);
    for (const line of table([[texts['column.name'], texts['column.role']], ...rows])) output.line(line);
    output.document({ operators });
  },
};

/** Who works here. */
export const operatorCommands: readonly CommandSpec[] = [login, logout, whoami, add, list];
