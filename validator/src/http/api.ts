import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type {
  FastifyBaseLogger,
  FastifyInstance,
  RawReplyDefaultExpression,
  RawRequestDefaultExpression,
  RawServerDefault,
} from 'fastify';
import type { AuditLog } from '../ports/audit-log.ts';
import type { CustomerSession } from '../service/customer-session.ts';
import type { Portal } from '../service/portal.ts';
import type { StaffServices } from '../service/staff/staff-services.ts';

/** The server, with schemas as the types of requests and answers. */
export type Api = FastifyInstance<
  RawServerDefault,
  RawRequestDefaultExpression,
  RawReplyDefaultExpression,
  FastifyBaseLogger,
  TypeBoxTypeProvider
>;

/** What the routes call. */
export interface ApiServices {
  readonly portal: Portal;
  readonly session: CustomerSession;
  readonly staff: StaffServices;
  readonly audit: AuditLog;
  readonly clock: { readonly nowMs: () => number };
  /** How long a session of the portal may rest. */
  readonly sessionInactivityMs: number;
}
