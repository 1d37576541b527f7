import { expect, it, vi } from 'vitest';

const fake = vi.hoisted(() => ({ commands: new Map<string, () => unknown>(), said: [] as string[] }));

vi.mock('vscode', () => ({
  window: { showInformationMessage: async (words: string) => void fake.said.push(words) },
  commands: { registerCommand: (name: string, work: () => unknown) => void fake.commands.set(name, work) },
}));

it('in a browser every command says in one sentence that nothing runs there yet', async () => {
  const { activate } = await import('../../../src/host/extension.web');
  const contributes = { commands: [{ command: 'x.one' }, { command: 'x.two' }] };
  activate({ extension: { packageJSON: { contributes } }, subscriptions: [] } as never);
  expect([...fake.commands.keys()]).toEqual(['x.one', 'x.two']);
  fake.commands.get('x.two')?.();
  expect(fake.said).toEqual([expect.stringMatching(/^Transformer Inspector does not run in VS Code for the web yet\. Open the folder/)]);
});
