// The tabs of the views, and the view that is shown below them. Arrow keys go from tab to tab and show the view at once, as the pattern for
// tabs of WAI-ARIA says. A view that cannot be had keeps its tab, dimmed, and says why.

import { html, nothing, type TemplateResult } from 'lit';
import { isStep, stepIn } from '../store';
import { icon, type PanelContext, type ViewKind } from './context';
import { viewShown } from './viewShown';

/** Tabs and view. */
export function viewTabs(context: PanelContext): TemplateResult {
  const shown = viewShown(context.views, context.state);
  return html`<div class="views">
    <div class="tabs" role="tablist" aria-label="Views" @keydown=${(event: KeyboardEvent) => moveInTabs(event, context)}>
      ${context.views.map((view) => tab(context, view, view === shown))}
    </div>
    <div class="tab-panel" role="tabpanel" id="tab-panel" aria-labelledby=${`tab-${shown.id}`}>${content(context, shown)}</div>
  </div>`;
}

function tab({ state, actions }: PanelContext, { id, label, refusal }: ViewKind, isShown: boolean): TemplateResult {
  const reason = refusal(state);
  return html`<button type="button" role="tab" id=${`tab-${id}`} aria-disabled=${reason === undefined ? nothing : 'true'} aria-controls="tab-panel"
    aria-selected=${isShown ? 'true' : 'false'} tabindex=${isShown ? 0 : -1} title=${reason ?? nothing} @click=${() => actions.showView(id)}>${label}</button>`;
}

function content(context: PanelContext, { label, refusal, model, draw }: ViewKind): TemplateResult {
  const reason = refusal(context.state);
  if (reason === undefined) return draw(context, model(context));
  return html`<section class="view-absent"><h2>${label} is not to be had here</h2><p>${icon('info')} ${reason}</p></section>`;
}

/** The tab that an arrow key leads to is shown and takes the keyboard focus. */
function moveInTabs(event: KeyboardEvent, { views, actions }: PanelContext): void {
  const buttons = [...(event.currentTarget as HTMLElement).querySelectorAll<HTMLButtonElement>('[role=tab]')];
  const at = buttons.indexOf(event.target as HTMLButtonElement);
  if (at < 0 || !isStep(event.key)) return;
  event.preventDefault();
  const { column } = stepIn({ row: 0, column: at }, event.key, { rows: 1, columns: buttons.length });
  buttons[column]?.focus();
  const next = views[column];
  if (next && column !== at) actions.showView(next.id);
}
