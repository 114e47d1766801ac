export type {
  SerialCarrier,
  SerialDevice,
  StagedOperation,
} from './operation.ts';
export { TRANSACTION_RECORD, transactionWish } from './operation.ts';
export type { SerialStep } from './serial.ts';
export { serialAnswer, serialReceive, serialResume, serialTimer } from './serial.ts';
export type { SerialState, SerialThen } from './serial-state.ts';
export { serialAsking, serialStart } from './serial-state.ts';
export type { SerialSetup, SerialWrite } from './session-step.ts';
export { serialRecover } from './transaction.ts';
export { encodeTransaction, readTransaction, TRANSACTION_NONE } from './transaction-record.ts';
