// The line of what is chosen: the head as a chip that opens all heads, tower and kind where there are several, and why, in words. It never wraps:
// what is cut off is its tooltip, and readers are read all of it.

import { html, nothing, type TemplateResult } from 'lit';
import type { SeenRun } from '../../../src/core/run';
import { candidateShown, candidatesFor, candidateText } from '../../../src/present/heads/candidates';
import { siteKindText } from '../../../src/present/heads/headWords';
import { caption, textOf } from '../../../src/present/words/panelWords';
import { placedLabel } from '../../../src/present/words/tokenLabel';
import type { Picture } from '../../../src/reading/picture';
import { icon, type PanelContext, phrases } from '../context';

/** Chips, words and pin. */
export function focusLine(context: PanelContext, picture: Picture): TemplateResult {
  const { run, view, queryLabels } = picture;
  const [name, ...why] = caption(run, view, placedLabel(queryLabels, view.focus));
  const whole = textOf([...(name ? [name] : []), ...why]);
  return html`<div class="focus-line">
    <button type="button" class="chip-button head-chip" aria-haspopup="dialog" aria-expanded=${context.ui.openDetails === 'heads' ? 'true' : 'false'} aria-controls="all-heads"
      title="All heads (G)" @click=${() => toggleHeads(context)}><b>${name?.text}</b>${icon('chevron-down')}</button>
    ${siteChoice(context, run, picture)}
    ${candidates(context, picture)}
    <p class="caption" title=${whole}><span class="for-readers">${name?.text}</span>${phrases(why)}</p>
    ${pin(context, picture)}
  </div>`;
}

/** Opens all heads over the view, or closes them. */
export function toggleHeads({ ui, actions }: Pick<PanelContext, 'ui' | 'actions'>): void {
  actions.openDetails(ui.openDetails === 'heads' ? null : 'heads');
}

function pin({ actions }: PanelContext, { view }: Picture): TemplateResult | typeof nothing {
  if (view.head === null) return nothing;
  const { isPinned } = view;
  return html`<button type="button" class="link pin" aria-pressed=${isPinned ? 'true' : 'false'}
    title=${isPinned ? 'Let every text choose its head again' : 'Keep this head for the next texts'} @click=${() => actions.pin(!isPinned)}>${icon(isPinned ? 'pinned' : 'pin')} ${isPinned ? 'unpin' : 'pin'}</button>`;
}

/** The heads that bring most to the focus, with what they read; where the line is short, those that fit. */
export function candidates({ actions }: PanelContext, { run, view, keyLabels }: Picture): TemplateResult | typeof nothing {
  const list = candidatesFor(run, view);
  if (list.length < 2) return nothing;
  const shown = candidateShown(list, view);
  return html`<span class="candidates" role="group" aria-label="Heads that bring most to the focus">
    ${list.map((candidate, index) => {
      const text = candidateText(run, candidate, placedLabel(keyLabels, candidate.key));
      return html`<button type="button" class="candidate" aria-pressed=${index === shown ? 'true' : 'false'} title=${`${text} · [ and ] go from one to the next`} @click=${() => actions.showCandidate(index)}>${text}</button>`;
    })}
  </span>`;
}

function siteChoice({ actions }: PanelContext, run: SeenRun, { view }: Picture): TemplateResult | typeof nothing {
  const firsts = run.sites.filter((site, i) => run.sites.findIndex((other) => other.tower === site.tower && other.kind === site.kind) === i);
  if (firsts.length < 2) return nothing;
  const choose = (event: Event) => {
    const site = firsts[(event.target as HTMLSelectElement).selectedIndex];
    if (site) actions.showHead(site, view.head === null ? null : 0);
  };
  return html`<select class="chip-button site-chip" aria-label="Tower and kind" @change=${choose}>
    ${firsts.map((site) => html`<option .selected=${site.tower === view.site.tower && site.kind === view.site.kind}>${siteKindText(site)}</option>`)}
  </select>`;
}
