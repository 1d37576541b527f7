// What VS Code's context menu is told of the place where it opens: `webviewSection` chooses its entries, the rest goes to their commands.

import type { MenuPlace } from '../../src/protocol/menuPlace';

/** The value of `data-vscode-context`. VS Code's own entries (copy what is selected) do nothing in a picture, and stay in a table. */
export function menuContext(webviewSection: 'cell' | 'token', place: MenuPlace, isText = false): string {
  return JSON.stringify({ webviewSection, ...place, preventDefaultContextMenuItems: !isText });
}
