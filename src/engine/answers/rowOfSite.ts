// One head and query token of a site: its rows of the captured tensors.

import type { Activation } from '../../core/names';
import { refuse } from '../../core/problem';
import type { QuestionOf } from '../../core/question';
import type { Site } from '../../onnx/facts/site';
import { SiteReader } from '../checks/siteReader';
import type { PlannedCapture } from '../model/captureTable';
import type { Pass } from '../run/pass';
import { headCountOf } from '../run/passSites';
import type { LetteredTensor } from '../tensors/canonical';
import { headIndex, oneHead } from './heads';

/** One head and query of a site's tensors, keys cropped to those of the text. */
export class RowOfSite {
  readonly reader: SiteReader;
  private readonly headCount: number;

  constructor(
    readonly pass: Pass,
    readonly capture: PlannedCapture & { readonly site: Site },
    readonly question: QuestionOf<'steps'>,
  ) {
    const { site, part } = capture;
    this.reader = new SiteReader({ site, part, tensors: pass.tensors });
    this.headCount = headCountOf(pass, site);
  }

  get keys(): number {
    return this.pass.tokenCounts(this.capture).k;
  }

  /** Problem usage: no such head or query. */
  refuseOutside(): void {
    const { head, query } = this.question;
    if (head < 0 || head >= this.headCount) refuse('usage', { detail: `There is no head ${head} at this site.` });
    if (query < 0 || query >= this.pass.tokenCounts(this.capture).q) refuse('noSuchToken', { token: query, last: this.pass.tokenCounts(this.capture).q - 1 });
  }

  /** [key] of a tensor [head, query, key]. */
  overKeys(tensor: LetteredTensor | undefined): Float32Array | undefined {
    const { head, query } = this.question;
    const [, queries, keys] = (tensor?.dims ?? []) as [number, number, number];
    return tensor?.data.slice((head * queries + query) * keys, (head * queries + query) * keys + this.keys);
  }

  /** [e] of a tensor [head, query, e]. */
  ofQuery(name: Activation): Float32Array | undefined {
    const { head, query } = this.question;
    const tensor = this.reader.activation(name, 'hqe');
    const [, queries, size] = (tensor?.dims ?? []) as [number, number, number];
    return tensor?.data.slice((head * queries + query) * size, (head * queries + query + 1) * size);
  }

  /** [key, e] of the keys or values that the head reads. */
  ofKeys(name: Activation): Float32Array | undefined {
    const tensor = this.reader.shared(name);
    if (!tensor || typeof tensor === 'string') return undefined;
    return oneHead(tensor, headIndex(tensor, this.question.head, this.headCount)).data.slice(0, this.keys * (tensor.dims[2] as number));
  }
}
