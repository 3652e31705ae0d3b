import { ADMIN_ROUTES } from './admin-routes.ts';
import { CONNECT_ROUTES } from './connect/connect-routes.ts';
import { CONNECTIONS_ROUTES } from './connections-routes.ts';
import type { ControlRoute } from './control-route.ts';

/** Everything that the control address serves beside health, readiness and metrics. docs/control-api.md has each. */
export const CONTROL_ROUTES: readonly ControlRoute[] = [
  ...CONNECTIONS_ROUTES,
  ...CONNECT_ROUTES,
  ...ADMIN_ROUTES,
];
