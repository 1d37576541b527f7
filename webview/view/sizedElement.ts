// An element of the page that draws anew when its width changes. Its content is part of the page, for one style sheet serves all.

import { LitElement, type PropertyDeclarations } from 'lit';

export abstract class SizedElement extends LitElement {
  static override properties: PropertyDeclarations = { width: { state: true } };
  /** In CSS pixels; undefined before it was measured. */
  declare width: number | undefined;
  #observer: ResizeObserver | undefined;

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#observer = new ResizeObserver(() => {
      this.width = this.clientWidth;
    });
    this.#observer.observe(this);
  }

  override disconnectedCallback(): void {
    this.#observer?.disconnect();
    super.disconnectedCallback();
  }
}
