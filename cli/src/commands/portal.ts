import type { CommandArgs, CommandContext, CommandSpec } from '../command.ts';
import { typedSerial } from '../input/typed-serial.ts';
import { usageFailure } from '../output/failure.ts';
import type { PortalApi } from '../portal/portal-api.ts';
import type { SignedIn } from '../portal/sign-in.ts';
import { SERVER_OPTION } from './common-options.ts';

const OPTIONS = [
  SERVER_OPTION,
  { flags: '--picture <file>' },
  { flags: '--birth-date' },
  { flags: '--two-codes' },
  { flags: '--without-pairing' },
];

/** The customer at the bank's page. */
export const portalCommands: readonly CommandSpec[] = [
  {
    path: ['portal', 'login'],
    group: 'develop',
    options: OPTIONS,
    example: 'chiavetta portal login',
    run: (context, args) => visit(context, args, async () => undefined),
  },
  {
    path: ['portal', 'pair'],
    group: 'develop',
    options: OPTIONS.filter(({ flags }) => !flags.startsWith('--two') && !flags.startsWith('--without')),
    example: 'chiavetta portal pair',
    run: (context, args) => visit(context, args, async () => undefined, { pairingOnly: true }),
  },
  {
    path: ['portal', 'change-pin'],
    group: 'develop',
    options: OPTIONS,
    example: 'chiavetta portal change-pin',
    run: (context, args) => visit(context, args, changePin),
  },
  {
    path: ['portal', 'block'],
    group: 'develop',
    options: [...OPTIONS, { flags: '--device <serial>' }],
    example: 'chiavetta portal block --device 000000000042',
    run: async (context, args) => {
      const named = args.optional('device');
      const what = named === undefined ? 'all' : typedSerial(named);
      await visit(context, args, (done) => block(done, what));
    },
  },
];

type Visit = { readonly api: PortalApi; readonly session: SignedIn; readonly context: CommandContext };

/** Signs in, chooses a PIN where that is due, does what was asked, and leaves: the session is never kept. */
async function visit(
  context: CommandContext,
  args: CommandArgs,
  errand: (done: Visit) => Promise<void>,
  { pairingOnly = false }: { readonly pairingOnly?: boolean } = {},
): Promise<void> {
  const { validatorUrl } = await import('../api/running-validator.ts');
  const { validatorClient } = await import('../api/validator-client.ts');
  const { portalApi } = await import('../portal/portal-api.ts');
  const { pictureFile } = await import('../portal/picture.ts');
  const { signIn } = await import('../portal/sign-in.ts');
  const { chooseFirstPin } = await import('../portal/new-pin.ts');
  const { tellSession } = await import('../portal/tell-session.ts');
  const api = portalApi(validatorClient({ url: validatorUrl(context, args), signal: context.signal }));
  const picture = pictureFile(context, args.optional('picture'));
  try {
    const session = await signIn(
      context,
      { api, picture },
      {
        asksBirthDate: args.flag('birth-date'),
        twoCodes: args.flag('two-codes'),
        withoutPairing: args.flag('without-pairing'),
        pairingOnly,
      },
    );
    try {
      if (session.mustChangePin) await chooseFirstPin(context, api, session);
      tellSession(context, session, await api.show(session.sessionToken));
      await errand({ api, session, context });
    } finally {
      // A session that is over already is as good as one that is closed.
      await api.close(session.sessionToken).catch(() => undefined);
    }
    context.output.event({ type: 'result', ok: true, paired: session.paired });
  } finally {
    picture.drop();
  }
}

async function changePin({ api, session, context }: Visit): Promise<void> {
  // A forced change was made on the way in.
  if (session.mustChangePin) return;
  const { chooseNewPin } = await import('../portal/new-pin.ts');
  await chooseNewPin(context, api, session);
}

async function block({ api, session, context }: Visit, what: string): Promise<void> {
  const { texts } = context.output.catalogue;
  const isSure = context.yes || (await context.input.confirm(texts['portal.block_sure']));
  if (!isSure) throw usageFailure(texts['portal.block_not']);
  await api.block(session.sessionToken, what);
  context.output.event({ type: 'blocked', what });
  context.output.line(texts['portal.blocked']);
}
