// The four kinds of theme that every picture is checked in: names in the settings and in the picker, and how the workbench and a webview show them.

/** @typedef {'dark' | 'light' | 'highContrast' | 'highContrastLight'} ThemeKind */

/** @type {Record<ThemeKind, {name: string, label: string, workbenchClass: string, webviewKind: string}>} */
export const themes = {
  dark: { name: 'Default Dark Modern', label: 'Dark Modern', workbenchClass: 'dark_modern', webviewKind: 'vscode-dark' },
  light: { name: 'Default Light Modern', label: 'Light Modern', workbenchClass: 'light_modern', webviewKind: 'vscode-light' },
  highContrast: { name: 'Default High Contrast', label: 'Dark High Contrast', workbenchClass: 'hc_black', webviewKind: 'vscode-high-contrast' },
  highContrastLight: {
    name: 'Default High Contrast Light',
    label: 'Light High Contrast',
    workbenchClass: 'hc_light',
    webviewKind: 'vscode-high-contrast-light',
  },
};

/** @type {readonly ThemeKind[]} */
export const themeKinds = ['dark', 'light', 'highContrast', 'highContrastLight'];
