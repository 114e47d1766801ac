import type { StoredRecord } from '../ports/store.ts';
import type { RecordTypes } from './records.ts';

export type StoredCustomer = StoredRecord<RecordTypes, 'customer'>;
export type StoredToken = StoredRecord<RecordTypes, 'token'>;
export type StoredChallenge = StoredRecord<RecordTypes, 'challenge'>;
export type StoredSession = StoredRecord<RecordTypes, 'session'>;
