export type { BookChange, NvmOp, RecordBook } from './record-book.ts';
export {
  planFlag,
  planRepair,
  planWrite,
  readRecordBook,
  recordBody,
  recordFlagged,
} from './record-book.ts';
