// The theme as canvases need it: its kind and some of its colours as strings. Style sheets read the variables themselves.

import { type ThemeKind, themeKinds } from '../src/present/colour/palette';

export interface Theme {
  readonly kind: ThemeKind;
  readonly isHighContrast: boolean;
  readonly background: string;
  readonly foreground: string;
  readonly muted: string;
  readonly focus: string;
  /** Border of every mark in high contrast; null elsewhere. */
  readonly border: string | null;
  readonly monospace: string;
}

function kindOf(body: HTMLElement): ThemeKind {
  const named = (body.dataset.vscodeThemeKind ?? '').replace(/^vscode-/, '');
  return themeKinds.find((kind) => kind === named) ?? 'dark';
}

/** Reads the theme from the page's body and variables; every colour has a fallback. */
export function readTheme(): Theme {
  const kind = kindOf(document.body);
  const style = getComputedStyle(document.body);
  const variable = (name: string, fallback: string) => style.getPropertyValue(name).trim() || fallback;
  const isLight = kind === 'light' || kind === 'high-contrast-light';
  const isHighContrast = kind === 'high-contrast' || kind === 'high-contrast-light';
  return {
    kind,
    isHighContrast,
    background: variable('--vscode-editor-background', isLight ? '#ffffff' : '#1f1f1f'),
    foreground: variable('--vscode-foreground', isLight ? '#3b3b3b' : '#cccccc'),
    muted: variable('--vscode-descriptionForeground', isLight ? '#5f5f5f' : '#9d9d9d'),
    focus: variable('--vscode-focusBorder', isLight ? '#005fb8' : '#0078d4'),
    border: isHighContrast ? variable('--vscode-contrastBorder', isLight ? '#0f4a85' : '#6fc3df') : null,
    monospace: variable('--vscode-editor-font-family', 'monospace'),
  };
}

/** Calls back after every change of the theme. */
export function onThemeChange(listener: () => void): void {
  const observer = new MutationObserver(listener);
  observer.observe(document.body, { attributes: true, attributeFilter: ['class', 'data-vscode-theme-kind', 'data-vscode-theme-id'] });
  observer.observe(document.documentElement, { attributes: true, attributeFilter: ['style', 'class'] });
}
