/** What the validator answers to staff. Words, never a secret. Its OpenAPI document describes the same. */
export type OperatorView = {
  readonly name: string;
  readonly role: string;
  readonly disabled?: boolean;
};

export type BindingView = {
  readonly customerId: string;
  readonly slot: number;
  readonly state: string;
  readonly overlay: string;
  readonly lock: string;
  readonly pairingsToday: number;
  readonly lastAccepted?: string;
  readonly lastRefusal?: string;
  readonly notes: readonly string[];
};

/** A token that only a manifest announced has neither kind nor bindings yet. */
export type TokenView = {
  readonly serial: string;
  readonly device: string;
  readonly kind?: string;
  readonly prekeysLeft?: number;
  readonly bindings?: readonly BindingView[];
  readonly notes: readonly string[];
};

export type CustomerView = {
  readonly customerId: string;
  readonly userCode: string;
  readonly name: string;
  readonly email: string;
  readonly label: string;
  readonly referente?: string;
  readonly account: string;
  readonly blockReason?: string;
  readonly asksBirthDate: boolean;
  readonly tokens: readonly TokenView[];
  readonly lastRefusal?: string;
};

/** Something that two people have to want. `used`: done; `approved`: waits for the device. */
export type RequestView = {
  readonly requestId: string;
  readonly operation: string;
  readonly serial: string;
  readonly customerId?: string;
  readonly oldSerial?: string;
  readonly slot?: number;
  readonly reason: string;
  readonly requester: string;
  readonly approver?: string;
  readonly state: 'waiting' | 'approved' | 'rejected' | 'used';
  readonly atMs: number;
};
