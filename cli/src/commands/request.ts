import { staffClient } from '../api/operator-session.ts';
import { everyPage } from '../api/pages.ts';
import type { RequestView } from '../api/staff-views.ts';
import type { CommandContext, CommandSpec } from '../command.ts';
import { fill } from '../i18n/fill.ts';
import { askedText } from '../input/asking.ts';
import { table } from '../output/table.ts';
import { REASON_OPTION, SERVER_OPTION } from './common-options.ts';

const list: CommandSpec = {
  path: ['request', 'list'],
  group: 'branch',
  options: [SERVER_OPTION],
  example: 'chiavetta request list',
  run: async (context, args) => {
    const { output } = context;
    const { texts } = output.catalogue;
    const requests = await everyPage<RequestView>(staffClient(context, args), {
      path: '/v1/requests',
      name: 'requests',
      idOf: (each) => each.requestId,
    });
    const heading = [
      texts['column.request'],
      texts['column.operation'],
      texts['column.token'],
      texts['column.state'],
      texts['column.requester'],
      texts['column.approver'],
      texts['column.reason'],
    ];
    const rows = requests.map((request) => [
      request.requestId,
      request.operation,
      request.serial,
      request.state,
      request.requester,
      request.approver ?? '',
      request.reason,
    ]);
    for (const line of table([heading, ...rows])) output.line(line);
    output.document({ requests });
  },
};

const approve: CommandSpec = {
  path: ['request', 'approve'],
  group: 'branch',
  args: ['<request>'],
  options: [SERVER_OPTION],
  example: 'chiavetta request approve 7f3a09c1',
  run: async (context, args) => {
    const path = `/v1/requests/${encodeURIComponent(args.text('request'))}/approve`;
    tell(context, await staffClient(context, args).post(path));
  },
};

const reject: CommandSpec = {
  path: ['request', 'reject'],
  group: 'branch',
  args: ['<request>'],
  options: [REASON_OPTION, SERVER_OPTION],
  example: 'chiavetta request reject 7f3a09c1 --reason "customer is not here"',
  run: async (context, args) => {
    const { texts } = context.output.catalogue;
    const client = staffClient(context, args);
    const reason = await askedText(context, args.optional('reason'), texts['common.ask_reason']);
    const path = `/v1/requests/${encodeURIComponent(args.text('request'))}/reject`;
    tell(context, await client.post(path, { reason }));
  },
};

/** What one person asks for and another one decides. */
export const requestCommands: readonly CommandSpec[] = [list, approve, reject];

function tell({ output }: CommandContext, request: RequestView): void {
  const text = output.catalogue.texts[`request.${request.state}`];
  output.line(fill(text, { request: request.requestId, serial: request.serial }));
  output.document({ request });
}
