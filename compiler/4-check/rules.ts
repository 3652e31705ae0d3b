import { addressBlocks } from './address-blocks.ts';
import { authModes } from './auth-modes.ts';
import { baseUrls } from './base-urls.ts';
import { callerAccounts } from './caller-accounts.ts';
import { callers } from './callers.ts';
import { catalogFields } from './catalog-fields.ts';
import { catalogNames } from './catalog-names.ts';
import { catalogPaths } from './catalog-paths.ts';
import { catalogRules } from './catalog-rules.ts';
import { catalogReferences } from './catalog-references.ts';
import { catalogVariables } from './catalog-variables.ts';
import { certificates } from './certificates.ts';
import { credentials } from './credentials.ts';
import { descriptions } from './descriptions.ts';
import { exposedRoutes } from './exposed-routes.ts';
import { gatewaySection } from './gateway-section.ts';
import { headers } from './headers.ts';
import { keyPlacement } from './key-placement.ts';
import { literalCredentials } from './literal-credentials.ts';
import { namedHosts } from './named-hosts.ts';
import { names } from './names.ts';
import { needsDescription } from './needs-description.ts';
import { personaPatterns } from './persona-patterns.ts';
import { personaReferences } from './persona-references.ts';
import { placeholderRoutes } from './placeholder-routes.ts';
import { routes } from './routes.ts';
import type { Rule } from './rule.ts';
import { scopes } from './scopes.ts';
import { shadowedRules } from './shadowed-rules.ts';
import { signInUrls } from './sign-in-urls.ts';
import { toolRoutes } from './tool-routes.ts';
import { variables } from './variables.ts';

/** Every check but the one about literal secrets, whose severity the caller chooses. In the order of the codes. */
export const RULES: readonly Rule[] = [
  names,
  catalogNames,
  catalogReferences,
  personaReferences,
  personaPatterns,
  placeholderRoutes,
  shadowedRules,
  exposedRoutes,
  toolRoutes,
  baseUrls,
  signInUrls,
  scopes,
  authModes,
  credentials,
  headers,
  keyPlacement,
  literalCredentials,
  certificates,
  needsDescription,
  addressBlocks,
  variables,
  namedHosts,
  gatewaySection,
  callers,
  callerAccounts,
  routes,
  descriptions,
  catalogRules,
  catalogVariables,
  catalogPaths,
  catalogFields,
];
