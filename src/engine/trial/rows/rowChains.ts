// From findings of single pieces to what is known of a site: its own rows, and those of every piece of the stream back to the words.

import type { GraphFacts } from '../../../onnx/facts/graphFacts';
import type { Site } from '../../../onnx/facts/site';
import { partsOf, type RowsPlan } from '../../../onnx/instrument/rowsPlan';
import type { RowFinding } from '../../checks/rowFinding';
import { isIn, notRun, worstOf } from './rowFindings';

export class RowChains {
  private readonly known = new Map<string, RowFinding>();

  constructor(
    private readonly plan: RowsPlan,
    private readonly facts: GraphFacts,
    /** By the name of the target. */
    private readonly findings: ReadonlyMap<string, RowFinding>,
    /** Of the states that another file made. */
    private readonly states: RowFinding,
  ) {}

  /** Of a tensor at which the graph is cut, or that another file reads. */
  of(cut: string): RowFinding {
    const known = this.known.get(cut);
    if (known) return known;
    this.known.set(cut, notRun('the stream comes back to itself'));
    const finding = this.find(cut);
    this.known.set(cut, finding);
    return finding;
  }

  /** Columns are the tokens where keys or values are: identities 1 and 3 hold both to them. A step file has the query of its one token. */
  site(site: Site, isStep: boolean): RowFinding {
    const targets = partsOf(site).filter(({ rowsOf }) => rowsOf !== 'queries' || !isStep);
    const hasQueries = isStep || isIn(targets, 'queries');
    const hasKeys = isIn(targets, 'keys') || (isIn(targets, 'values') && site.isRecurrent);
    if (!hasQueries || !hasKeys) return notRun((hasQueries ? site.absent.k : site.absent.q) ?? 'its queries or keys were not found');
    return worstOf(targets.map(({ name }) => this.target(name)));
  }

  private target(name: string): RowFinding {
    const sources = this.plan.targets.get(name)?.sources ?? [];
    return worstOf([this.findings.get(name) ?? notRun('it was not tried'), ...sources.map((source) => this.of(source))]);
  }

  private find(cut: string): RowFinding {
    const { plan, findings } = this;
    const { lookups, inputs } = this.facts;
    const lookup = lookups.find(({ rows }) => rows.tensor === cut);
    if (lookup) return findings.get(`ids ${lookup.indices}`) ?? notRun('how words are looked up was not tried');
    const input = inputs.find(({ name }) => name === cut);
    if (input) return input.role === 'encoderStates' ? this.states : { state: 'holds' };
    const before = plan.before.get(cut);
    return before === undefined ? this.target(cut) : this.of(before);
  }
}
