// What stands in the place of a view of a head whose numbers may not be shown, or could not be had.

import { html, type TemplateResult } from 'lit';
import { siteName } from '../../src/core/names';
import { viewName } from '../../src/present/heads/headWords';
import { failureReasons } from '../../src/present/words/badgeWords';
import type { PictureState } from '../../src/reading/picture';
import { icon } from './context';

/** The reasons in words. */
export function refusedPicture({ picture: { run, view, site }, reason }: Extract<PictureState, { state: 'refused' }>): TemplateResult {
  const reasons = reason === null ? failureReasons(site, run.checks) : [reason];
  return html`<section class="map-view refused" aria-labelledby="map-title">
    <h2 id="map-title"><b>${viewName(run, view)}</b> is not shown</h2>
    <p>${icon('error')} ${reason === null ? `A check of ${siteName(site)} failed, so its numbers cannot be trusted:` : 'Its numbers could not be had:'}</p>
    <ul>${reasons.map((line) => html`<li>${line}</li>`)}</ul>
    <p class="note">Other layers can still be opened in the overview.</p>
  </section>`;
}
