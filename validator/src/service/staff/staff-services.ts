import type { AccountState } from '../../core/customer-record.ts';
import type { TokenView } from '../../core/describe-token.ts';
import type { Actor, StaffAnswer } from '../../core/staff/staff-answer.ts';
import type { OperatorRole, RequestOperation, RequestRecord } from '../../core/staff-records.ts';
import type { DeviceOperation } from '../../core/token-record.ts';
import type { ValidatorPorts } from '../../ports/validator-ports.ts';

/** What the staff side asks of the outside, besides what the customer side does. */
export interface StaffPorts extends ValidatorPorts {
  /** A signed manifest that names the serial, for instance from a development directory. Checked like any other. */
  readonly manifestSource?: (serial: string) => Promise<Uint8Array | undefined>;
}

/** Every use case of the bank's staff. Each checks the actor's role itself. */
export interface StaffServices {
  readonly operators: OperatorService;
  readonly customers: CustomerService;
  readonly tokens: TokenService;
  readonly requests: RequestService;
  readonly stock: StockService;
  readonly serial: SerialService;
}

export type OperatorView = {
  readonly name: string;
  readonly role: OperatorRole;
  readonly disabled: boolean;
  readonly createdAtMs: number;
};
export interface OperatorService {
  /** Wrong name and wrong password are refused alike (`SIGN_IN`). `token` is not stored: only its hash is. */
  readonly signIn: (attempt: { readonly name: string; readonly password: string }) => Promise<
    StaffAnswer<{
      readonly token: string;
      readonly name: string;
      readonly role: OperatorRole;
      readonly expiresInS: number;
    }>
  >;
  /** Who holds this session token; asking counts as use. `SIGN_IN` when it is none or rested too long. */
  readonly authenticate: (
    token: string,
  ) => Promise<StaffAnswer<{ readonly actor: Actor; readonly expiresInS: number }>>;
  readonly signOut: (token: string) => Promise<void>;
  /** A referente's name is the mail address that customers carry as their company contact. */
  readonly add: (
    actor: Actor,
    operator: { readonly name: string; readonly role: OperatorRole; readonly password: string },
  ) => Promise<StaffAnswer<OperatorView>>;
  readonly list: (
    actor: Actor,
    page: { readonly afterId?: string; readonly limit: number },
  ) => Promise<StaffAnswer<readonly OperatorView[]>>;
}

export type CustomerView = {
  readonly customerId: string;
  readonly userCode: string;
  readonly name: string;
  readonly email: string;
  readonly label: string;
  readonly referente?: string;
  readonly account: AccountState;
  /** Why the account is blocked. */
  readonly blockReason?: string;
  readonly asksBirthDate: boolean;
  readonly tokens: readonly TokenView[];
  /** The true reason of the last refusal, in words. */
  readonly lastRefusal?: string;
};
export interface CustomerService {
  /** Makes a User Code and mails a first PIN. */
  readonly add: (
    actor: Actor,
    customer: {
      readonly name: string;
      readonly email: string;
      /** What tokens show for the customer; the name, cut and made printable, unless given. */
      readonly label?: string;
      /** YYYY-MM-DD. */
      readonly birthDate?: string;
      readonly referente?: string;
    },
  ) => Promise<StaffAnswer<{ readonly customerId: string; readonly userCode: string }>>;
  readonly show: (actor: Actor, idOrUserCode: string) => Promise<StaffAnswer<CustomerView>>;
  /** At once, by one person: the account (`all`, the default) or the devices with these serials. */
  readonly block: (
    actor: Actor,
    job: {
      readonly customerId: string;
      readonly reason: string;
      readonly what?: 'all' | readonly string[];
    },
  ) => Promise<StaffAnswer<CustomerView>>;
  /** Lifts every block: with the same codes, or with a new PIN by mail. */
  readonly reinstate: (
    actor: Actor,
    job: { readonly customerId: string; readonly reason: string; readonly newPin: boolean },
  ) => Promise<StaffAnswer<CustomerView>>;
  /** Orders a new PIN by mail; a block stays. */
  readonly newPin: (
    actor: Actor,
    job: { readonly customerId: string; readonly reason: string },
  ) => Promise<StaffAnswer<CustomerView>>;
}

/** A token as staff see it; one that was only announced by a manifest has no kind yet. */
export type StockView =
  | TokenView
  | { readonly serial: string; readonly device: 'STOCK'; readonly notes: readonly string[] };
export interface TokenService {
  readonly list: (
    actor: Actor,
    page: { readonly afterId?: string; readonly limit: number },
  ) => Promise<StaffAnswer<readonly StockView[]>>;
  readonly show: (actor: Actor, serial: string) => Promise<StaffAnswer<StockView>>;
  /** At once, by one person: every binding suspended, and no serial session until it is lifted. */
  readonly block: (
    actor: Actor,
    job: { readonly serial: string; readonly reason: string },
  ) => Promise<StaffAnswer<StockView>>;
}

export type NewRequest = {
  readonly operation: RequestOperation;
  readonly serial: string;
  /** Of `bind` and `replace`. */
  readonly customerId?: string;
  /** Of `replace`: the device that is retired. */
  readonly oldSerial?: string;
  /** Of an optical token; the lowest free one, or the customer's, unless given. */
  readonly slot?: number;
  readonly reason: string;
};
export interface RequestService {
  readonly make: (actor: Actor, request: NewRequest) => Promise<StaffAnswer<RequestRecord>>;
  readonly list: (
    actor: Actor,
    page: { readonly afterId?: string; readonly limit: number },
  ) => Promise<StaffAnswer<readonly RequestRecord[]>>;
  readonly show: (actor: Actor, requestId: string) => Promise<StaffAnswer<RequestRecord>>;
  /** Another person than the requester. What needs no device is done by it (`used`), the rest waits for the device. */
  readonly approve: (actor: Actor, requestId: string) => Promise<StaffAnswer<RequestRecord>>;
  readonly reject: (
    actor: Actor,
    job: { readonly requestId: string; readonly reason: string },
  ) => Promise<StaffAnswer<RequestRecord>>;
}

export interface StockService {
  /** Takes a signed shipping manifest whole, or refuses it whole. */
  readonly importManifest: (
    actor: Actor,
    manifest: Uint8Array,
  ) => Promise<
    StaffAnswer<{ readonly makerId: number; readonly manifestId: number; readonly tokens: number }>
  >;
}

/** How far a serial session is: `prepare` from the moment message 3 with PREPARE leaves, `commit` when COMMIT leaves. */
export type SerialPhase = 'handshake' | 'prepare' | 'commit' | 'done';
export type SerialResult = {
  readonly serial: string;
  readonly deviceState: string;
  /** `recovered`: an interrupted attempt was finished. `discarded`: what was asked for is still to be done. */
  readonly outcome: 'done' | 'recovered' | 'discarded';
  /** With `discarded`: another operation that was finished on the way, if it was not undone. */
  readonly finished?: DeviceOperation;
  readonly prekeysLeft?: number;
};
export type SerialAnswer = {
  readonly sessionId: string;
  readonly phase: SerialPhase;
  /** For the token, opaque to whoever carries it. */
  readonly frame?: Uint8Array;
  readonly result?: SerialResult;
};
export interface SerialService {
  readonly start: (
    actor: Actor,
    job: {
      readonly operation: DeviceOperation;
      /** Of bind, unlock, reset, rekey; and of a provision that shall bind the fob in the same step. */
      readonly requestId?: string;
      /** The serial printed on the token in the cradle. A fob is provisioned again only if it is named here. */
      readonly expectedSerial?: string;
      /** Of `revoke`. */
      readonly slot?: number;
      /** Bodies of HELLO and HELLO_REPLY. */
      readonly hello: Uint8Array;
      readonly helloReply: Uint8Array;
    },
  ) => Promise<StaffAnswer<SerialAnswer>>;
  /** Any refusal ends the session; the token loses nothing, the next session goes on from what is stored. */
  readonly frame: (
    actor: Actor,
    job: { readonly sessionId: string; readonly frame: Uint8Array },
  ) => Promise<StaffAnswer<SerialAnswer>>;
  /** Forgets reservations that were never used. Returns how many. */
  readonly reap: () => Promise<number>;
}
