import { hasRouteRules } from '../../table/rules/decide-access.ts';
import type { AccessPlan } from '../../table/types.ts';
import type { GrantedAccess } from './snapshot.ts';

/** Gives an access plan by connection, with whether its decisions look at methods and paths. */
export function accessOf(plan: AccessPlan): ReadonlyMap<string, GrantedAccess> {
  return new Map(plan.connections.map((one) => [one.connection, { plan: one, ruled: hasRouteRules(one) }]));
}
