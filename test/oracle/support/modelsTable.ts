// docs/models.md: what the test run saw of every entry, as a table. No numbers that differ from machine to machine.

import type { BadgeState } from '../../../src/core/check';
import type { ModelDescription } from '../../../src/core/modelDescription';
import type { Entry } from './entries';

export interface Finding {
  readonly entry: Entry;
  readonly outcome: 'agrees' | 'pattern agrees' | 'refused' | 'diverges';
  readonly description?: ModelDescription;
  /** The worst badge of its cases. */
  readonly badge?: BadgeState;
  /** Why something did not run; reasons of absent activations come from the description. */
  readonly notes: readonly string[];
}

const order: readonly BadgeState[] = ['failed', 'unchecked', 'partly checked', 'verified'];

/** The worse of two badges. */
export function worseBadge(a: BadgeState | undefined, b: BadgeState): BadgeState {
  return a === undefined || order.indexOf(b) < order.indexOf(a) ? b : a;
}

const unique = (items: readonly string[]) => [...new Set(items)];
const cell = (text: string) => text.replaceAll('|', '\\|');

function capturedWords(model: ModelDescription): string {
  const groups = [
    unique(model.towers.flatMap((tower) => tower.sites.flatMap((site) => site.available))),
    unique(model.towers.flatMap((tower) => tower.blocks.flatMap((block) => block.available))),
    unique([...model.towers.flatMap((tower) => tower.available), ...model.outputs]),
  ];
  return groups
    .filter((group) => group.length > 0)
    .map((group) => group.join(' '))
    .join(' · ');
}

function absentWords(model: ModelDescription): string {
  const places = model.towers.flatMap((tower) => [...tower.sites, ...tower.blocks, tower]);
  // Rotated vectors are missing from every model without a rotary encoding: no news.
  const all = places.flatMap((place) => place.absent).filter(({ activation }) => !activation.startsWith('rot_'));
  const reasons = unique(all.map(({ reason }) => reason));
  return reasons.map((reason) => `${unique(all.filter((one) => one.reason === reason).map((one) => one.activation)).join(', ')}: ${reason}`).join('; ');
}

function row({ entry, outcome, description, badge, notes }: Finding): string {
  const name = `\`${entry.name}\``;
  const exporter = entry.opset > 0 && !entry.exporter.endsWith(`:${entry.opset}`) ? `${entry.exporter}, opset ${entry.opset}` : entry.exporter;
  const recognised = description ? unique(description.towers.flatMap((tower) => tower.sites.map((site) => site.recognisedAs))).join(', ') : '–';
  const captured = description ? capturedWords(description) : '–';
  const absent = description ? absentWords(description) : '';
  const missing = [...(absent ? [absent] : []), ...unique(notes)].join('; ') || '–';
  return `| ${[name, entry.family, exporter, recognised, captured, missing, badge ?? '–', outcome].map(cell).join(' | ')} |`;
}

/** The whole file. Deterministic: the same findings give the same text. */
export function modelsTable(findings: readonly Finding[]): string {
  const groups = { starters: 'Bundled models', zoo: 'Reference models', made: 'Further families and exporters' } as const;
  const sections = Object.entries(groups).flatMap(([group, title]) => {
    const rows = findings.filter(({ entry }) => entry.group === group);
    if (rows.length === 0) return [];
    return [
      `## ${title}\n`,
      '| model | family | exporter | recognised as | captured | absent, or not checked | badge | compared with PyTorch |',
      '|---|---|---|---|---|---|---|---|',
      ...rows.map(row),
      '',
    ];
  });
  const head = `# Models that are tried in every test run

Written by \`UPDATE_DOCS=1 npx vitest run test/oracle/zoo.test.ts\`; the test fails when this file differs from what it sees.
Reference models are tiny and random. Each tensor was compared with the one PyTorch computes, within the tolerance of its \`cases.json\`.
*Badge*: verified, when every identity that applies ran and holds; partly checked, when some could not run (the reason stands beside it).
*Pattern agrees*: only the attention weights have a reference. *Refused*: no attention in the graph, exit status 3.
`;
  return `${[head, ...sections].join('\n').trimEnd()}\n`;
}
