// The tabs of the views, in the groups of the data path. Arrow keys go from tab to tab and show the view at once, as the pattern for tabs of WAI-ARIA
// says. A view that cannot be had keeps its tab, dimmed. Where the panel is narrow, a button names the group, and its menu holds all views.

import { html, nothing, type TemplateResult } from 'lit';
import { grouped } from '../../src/present/frame/viewGroups';
import { isStep, stepIn } from '../store';
import { icon, type PanelContext, type ViewKind } from './context';

/** The line of tabs. */
export function viewTabs(context: PanelContext, shown: ViewKind): TemplateResult {
  const { tabForm } = context.ui.room;
  const groups = grouped(context.views);
  const inSight = tabForm === 'menu' ? groups.filter(({ group }) => group.id === shown.group) : groups;
  const hasNames = tabForm === 'named' && groups.length > 1;
  return html`<div class="tab-line" data-form=${tabForm}>
    ${tabForm === 'menu' && groups.length > 1 ? groupMenu(context, shown) : nothing}
    <div class="tabs" role="tablist" aria-label="Views" @keydown=${(event: KeyboardEvent) => moveInTabs(event, context)}>
      ${inSight.map(
        ({ group, views }) => html`<span class="tab-group" role="presentation">
        ${hasNames ? html`<span class="group-name" aria-hidden="true">${group.name}</span>` : nothing}
        ${views.map((view) => tab(context, view, view === shown))}</span>`,
      )}
    </div>
  </div>`;
}

function tab({ state, actions }: PanelContext, { id, label, refusal }: ViewKind, isShown: boolean): TemplateResult {
  const reason = refusal(state);
  return html`<button type="button" role="tab" id=${`tab-${id}`} data-view=${id} aria-disabled=${reason === undefined ? nothing : 'true'} aria-controls="view"
    aria-selected=${isShown ? 'true' : 'false'} tabindex=${isShown ? 0 : -1} title=${reason ?? nothing} @click=${() => actions.showView(id)}>${label}</button>`;
}

/** All views under their groups, with the digits that open them. */
function groupMenu(context: PanelContext, shown: ViewKind): TemplateResult {
  const { ui, actions, views } = context;
  const isOpen = ui.openDetails === 'views';
  const name = grouped(views).find(({ group }) => group.id === shown.group)?.group.name;
  const item = (view: ViewKind) =>
    html`<button type="button" role="menuitemradio" aria-checked=${view === shown ? 'true' : 'false'} @click=${() => {
      actions.showView(view.id);
      actions.openDetails(null);
    }}>${view.label}<kbd>${views.indexOf(view) + 1}</kbd></button>`;
  return html`<div class="details-place">
    <button type="button" class="chip-button group-button" aria-haspopup="menu" aria-expanded=${isOpen ? 'true' : 'false'} aria-controls="view-menu"
      @click=${() => actions.openDetails(isOpen ? null : 'views')}>${name}${icon('chevron-down')}</button>
    <div class="details view-menu" id="view-menu" role="menu" aria-label="Views" ?hidden=${!isOpen} @keydown=${moveInMenu}>
      ${grouped(views).map((one) => html`<div role="group" aria-label=${one.group.name}><p class="group-name" aria-hidden="true">${one.group.name}</p>${one.views.map(item)}</div>`)}
    </div>
  </div>`;
}

/** The view that is looked at, or why it cannot be had. */
export function viewContent(context: PanelContext, { label, refusal, model, draw }: ViewKind): TemplateResult {
  const reason = refusal(context.state);
  if (reason === undefined) return draw(context, model(context));
  return html`<section class="view-absent"><h2>${label} is not to be had here</h2><p>${icon('info')} ${reason}</p></section>`;
}

/** The tab that an arrow key leads to is shown and takes the keyboard focus. */
function moveInTabs(event: KeyboardEvent, { actions }: PanelContext): void {
  const next = neighbour(event, '[role=tab]', 'columns');
  if (next && next !== event.target && next.dataset.view) actions.showView(next.dataset.view);
}

function moveInMenu(event: KeyboardEvent): void {
  neighbour(event, '[role=menuitemradio]', 'rows');
}

/** Moves the keyboard focus among elements of one line, and says where it went. */
function neighbour(event: KeyboardEvent, selector: string, along: 'rows' | 'columns'): HTMLElement | undefined {
  const all = [...(event.currentTarget as HTMLElement).querySelectorAll<HTMLElement>(selector)];
  const at = all.indexOf(event.target as HTMLElement);
  if (at < 0 || !isStep(event.key)) return undefined;
  event.preventDefault();
  const key = along === 'rows' ? (({ ArrowUp: 'ArrowLeft', ArrowDown: 'ArrowRight' } as const)[event.key as 'ArrowUp'] ?? event.key) : event.key;
  const next = all[stepIn({ row: 0, column: at }, key, { rows: 1, columns: all.length }).column];
  next?.focus();
  return next;
}
