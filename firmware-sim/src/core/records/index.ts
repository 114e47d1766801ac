export type { BookChange, CopyState, NvmOp, RecordBook, RecordEntry } from './record-book.ts';
export {
  planFlag,
  planRepair,
  planWrite,
  readRecordBook,
  recordBody,
  recordFlagged,
} from './record-book.ts';
