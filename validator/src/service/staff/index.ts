export type { ActScope, StaffAct } from '../../core/staff/permission-matrix.ts';
export { PERMISSIONS, STAFF_ACTS } from '../../core/staff/permission-matrix.ts';
export type { Actor, StaffAnswer, StaffRefusal, StaffRefusalId } from '../../core/staff/staff-answer.ts';
export { STAFF_REFUSALS } from '../../core/staff/staff-answer.ts';
export { staffServices } from './compose-staff-services.ts';
export { SERIAL_LIMITS } from './serial-table.ts';
export type {
  NewRequest,
  SerialAnswer,
  SerialResult,
  StaffPorts,
  StaffServices,
} from './staff-services.ts';
