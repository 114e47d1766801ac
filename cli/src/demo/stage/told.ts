import type { DemoCustomer } from './people.ts';
import type { Stage } from './stage.ts';

/** The company contact of the demo's customers; also the name of that operator. */
export const REFERENTE = 'referente@company.example';
/** Where the bank itself is told of blocks. */
export const BANK_MAIL = 'blocks@chiavetta.example';

/** Customer, referente and bank get a mail about a block. */
export async function blockIsTold(
  stage: Stage,
  customer: DemoCustomer,
  kind: 'account-blocked' | 'device-blocked',
): Promise<void> {
  const { mails } = stage.props.get('validator');
  const receivers = [customer.email, REFERENTE, BANK_MAIL];
  for (const to of receivers) await mails.next({ to, kind: to === BANK_MAIL ? 'bank-notice' : kind });
  stage.say('block.told', { receivers: receivers.join(', ') });
}
