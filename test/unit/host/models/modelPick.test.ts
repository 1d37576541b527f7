import { beforeEach, expect, it, vi } from 'vitest';

interface FakePick {
  items: readonly { label: string; description?: string; reference?: string }[];
  activeItems: FakePick['items'];
  selectedItems: FakePick['items'];
  accept(): void;
  hide(): void;
}

const fake = vi.hoisted(() => ({ picks: [] as FakePick[], errors: [] as string[] }));

vi.mock('vscode', () => ({
  QuickPickItemKind: { Separator: -1 },
  workspace: {},
  window: {
    showErrorMessage: async (message: string) => void fake.errors.push(message),
    createQuickPick: () => {
      const listeners: { accept?: () => void; hide?: () => void } = {};
      const pick = {
        items: [],
        activeItems: [],
        selectedItems: [],
        onDidAccept: (accept: () => void) => Object.assign(listeners, { accept }),
        onDidHide: (hide: () => void) => Object.assign(listeners, { hide }),
        show: () => fake.picks.push(pick),
        dispose: () => undefined,
        accept: () => listeners.accept?.(),
        hide: () => listeners.hide?.(),
      };
      return pick;
    },
  },
}));

const { ModelPick } = await import('../../../../src/host/models/modelPick');
const { problem } = await import('../../../../src/core/problem');

const stored = new Map<string, unknown>([['recentModels', ['/mine', '/other']]]);
const listed = (reference: string) => ({ reference, name: reference, description: '1 MB' });
let current: string;
let used: string[];

function pickOf(failures: Readonly<Record<string, ReturnType<typeof problem>>> = {}) {
  return new ModelPick({
    platform: {
      bundledModels: async () => [listed('bundled:a')],
      modelsAt: async (path: string) => [listed(path)],
      absolutePath: (path: string) => path,
    } as never,
    memory: {
      get: (key: string, otherwise: unknown) => stored.get(key) ?? otherwise,
      update: async (key: string, value: unknown) => stored.set(key, value),
    } as never,
    settings: () => ({ modelPaths: [] }) as never,
    currentModel: () => current,
    currentNeed: () => 'needs a value for langs',
    useModel: async (reference) => {
      used.push(reference);
      const failure = failures[reference] ?? null;
      if (!failure || failure.code === 'inputUnknown') current = reference;
      return failure;
    },
    showNeed: () => undefined,
    log: { problem: () => undefined, open: () => undefined },
  });
}

const opened = async () => {
  await vi.waitFor(() => expect(fake.picks.length).toBeGreaterThan(0));
  return fake.picks.pop() as FakePick;
};

beforeEach(() => {
  current = '/mine';
  used = [];
  fake.errors.length = 0;
});

it('opens on the current model, and takes the one that is chosen', async () => {
  const done = pickOf().choose();
  const pick = await opened();
  expect(pick.activeItems.map(({ reference }) => reference)).toEqual(['/mine']);
  pick.selectedItems = pick.items.filter(({ reference }) => reference === '/other');
  pick.accept();
  await done;
  expect(used).toEqual(['/other']);
});

it('takes none where the question was left', async () => {
  const done = pickOf().choose();
  (await opened()).hide();
  await done;
  expect(used).toEqual([]);
});

it('looks again at the model that is in use', async () => {
  const done = pickOf().choose();
  const pick = await opened();
  pick.selectedItems = pick.activeItems;
  pick.accept();
  await done;
  expect(used).toEqual(['/mine']);
});

it('marks a model that needed something, until it runs', async () => {
  await pickOf({ '/other': problem('inputUnknown', { input: 'langs', reason: 'x' }) }).use('/other');
  const described = async () => {
    const done = pickOf().choose();
    const pick = await opened();
    pick.hide();
    await done;
    return pick.items.find(({ reference }) => reference === '/other')?.description;
  };
  expect(await described()).toBe('$(warning) needs a value for langs · 1 MB');
  await pickOf().use('/other');
  expect(await described()).toBe('1 MB');
});
