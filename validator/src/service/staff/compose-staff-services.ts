import { customerService } from './customers.ts';
import { operatorService } from './operators.ts';
import { requestService } from './requests.ts';
import { serialService } from './serial-sessions.ts';
import type { StaffPorts, StaffServices } from './staff-services.ts';
import { stockService } from './stock.ts';
import { tokenService } from './tokens.ts';

/** Every use case of the bank's staff over a store, a clock and the keys. */
export function staffServices(ports: StaffPorts): StaffServices {
  return {
    operators: operatorService(ports),
    customers: customerService(ports),
    tokens: tokenService(ports),
    requests: requestService(ports),
    stock: stockService(ports),
    serial: serialService(ports),
  };
}
