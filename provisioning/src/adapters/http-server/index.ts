export { httpProvisioningServer } from './http-provisioning-server.ts';
