import { beforeEach, describe, expect, it, vi } from 'vitest';

interface FakeUri {
  readonly path: string;
}

const fake = vi.hoisted(() => {
  const nothing = () => undefined;
  class TabInputText {
    constructor(readonly uri: string) {}
  }
  class TabInputWebview {
    readonly viewType = 'mainThreadWebview-transformerInspector.panel';
  }
  const webview = () => ({
    options: {} as unknown,
    html: '',
    cspSource: 'https://csp',
    asWebviewUri: ({ path }: { readonly path: string }) => `https://webview${path}`,
    onDidReceiveMessage: nothing,
    postMessage: nothing,
  });
  const made = { options: [] as unknown[], webviews: [] as ReturnType<typeof webview>[], revealed: [] as unknown[] };
  const groups: { viewColumn: number; tabs: { input: unknown }[] }[] = [];
  const createWebviewPanel = (_type: string, _title: string, _place: unknown, ...options: unknown[]) => {
    made.options.push(...options);
    const own = webview();
    made.webviews.push(own);
    const reveal = (column: unknown) => made.revealed.push(column);
    return { webview: own, visible: true, onDidChangeViewState: nothing, onDidDispose: nothing, dispose: nothing, reveal };
  };
  return { TabInputText, TabInputWebview, made, groups, createWebviewPanel };
});

vi.mock('vscode', () => ({
  Uri: { joinPath: ({ path }: FakeUri, ...parts: string[]): FakeUri => ({ path: [path, ...parts].join('/') }) },
  ViewColumn: { Beside: -2 },
  TabInputText: fake.TabInputText,
  TabInputWebview: fake.TabInputWebview,
  TabInputNotebook: class {},
  workspace: { notebookDocuments: [] },
  window: { createWebviewPanel: fake.createWebviewPanel, tabGroups: { all: fake.groups } },
}));

const { Panel } = await import('../../../src/host/surfaces/panel/panel');

function openPanel() {
  const panel = new Panel({ extensionUri: { path: '/extension' } as never, state: () => ({}) as never, api: {} as never, engine: {} as never });
  panel.open();
  return panel;
}

beforeEach(() => {
  fake.made.revealed.length = 0;
  fake.groups.length = 0;
});

describe('the panel', () => {
  it('reads files of its own folder only, and runs no other script than its own', () => {
    openPanel();
    const { options, html } = fake.made.webviews.at(-1) ?? { options: {}, html: '' };
    expect(options).toEqual({ enableScripts: true, localResourceRoots: [{ path: '/extension/dist/webview' }] });
    // Nothing wider before that.
    expect(fake.made.options).toEqual([]);
    const policy = /content="([^"]+)"/.exec(html)?.[1] ?? '';
    expect(policy.split('; ').map((rule) => rule.replace(/nonce-\w+/, 'nonce'))).toEqual([
      "default-src 'none'",
      'img-src https://csp data: blob:',
      'style-src https://csp',
      'font-src https://csp',
      "script-src 'nonce'",
    ]);
  });

  const text = { input: new fake.TabInputText('file:///a.txt') };
  const itself = { input: new fake.TabInputWebview() };
  it.each([
    ['goes beside a text that it would hide', [{ viewColumn: 1, tabs: [text, itself] }], -2],
    [
      'stays where it stands beside the text',
      [
        { viewColumn: 1, tabs: [text] },
        { viewColumn: 2, tabs: [itself] },
      ],
      undefined,
    ],
  ])('%s', (_, groups, column) => {
    const panel = openPanel();
    fake.groups.push(...groups);
    panel.open('file:///a.txt');
    expect(fake.made.revealed).toEqual([column]);
  });
});
