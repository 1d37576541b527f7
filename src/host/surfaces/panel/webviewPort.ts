// A webview panel as a Port. VS Code's wire copies: buffers are not transferred, and messages to a hidden webview are lost.

import type * as vscode from 'vscode';
import type { Port } from '../../../protocol/channel';

/** The panel's end of the channel; it closes when the panel is disposed. */
export function portOfPanel(panel: vscode.WebviewPanel): Port {
  const { webview } = panel;
  let isOpen = true;
  panel.onDidDispose(() => {
    isOpen = false;
  });
  return {
    post: (message) => void (isOpen && webview.postMessage(message)),
    onMessage: (listener) => void webview.onDidReceiveMessage(listener),
    onClose: (listener) => void panel.onDidDispose(listener),
    close: () => panel.dispose(),
  };
}
