// Copying from the table: whole cells, columns kept apart by tabs, the empty corner too. Ctrl+A in the table selects the table.

/** Rows of the table that the selection touches, each with the cells that it touches. */
function selectedCells(table: HTMLTableElement, selection: Selection): HTMLTableCellElement[][] {
  return [...table.rows]
    .filter((row) => selection.containsNode(row, true))
    .map((row) => [...row.cells])
    .filter((cells) => cells.some((cell) => selection.containsNode(cell, true)));
}

/** From the first to the last column that is touched anywhere, so that columns stay below each other. */
export function copiedTable(table: HTMLTableElement, selection: Selection): { readonly text: string; readonly html: string } {
  const rows = selectedCells(table, selection);
  const columns = rows.flatMap((cells) => cells.flatMap((cell, i) => (selection.containsNode(cell, true) ? [i] : [])));
  const [first, last] = [Math.min(...columns), Math.max(...columns)];
  const taken = rows.map((cells) => cells.slice(first, last + 1));
  const text = taken.map((cells) => cells.map((cell) => (cell.textContent ?? '').trim()).join('\t')).join('\n');
  const copy = document.createElement('table');
  for (const cells of taken) {
    const row = copy.insertRow();
    for (const cell of cells) row.append(Object.assign(document.createElement(cell.tagName), { textContent: (cell.textContent ?? '').trim() }));
  }
  return { text, html: copy.outerHTML };
}

/** Listens for both in the page. */
export function watchTable(): void {
  document.addEventListener('copy', (event) => {
    const selection = document.getSelection();
    const table = tableOf(selection?.anchorNode);
    if (!selection || selection.isCollapsed || !table || !event.clipboardData || !isInside(selection, table)) return;
    const { text, html } = copiedTable(table, selection);
    event.clipboardData.setData('text/plain', text);
    event.clipboardData.setData('text/html', html);
    event.preventDefault();
  });
  document.addEventListener('keydown', (event) => {
    const place = (event.target as Partial<Element> | null)?.closest?.('.table-place');
    const table = place?.querySelector('table');
    if (!table || !(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== 'a') return;
    event.preventDefault();
    event.stopPropagation();
    document.getSelection()?.selectAllChildren(table);
  });
}

function tableOf(node: Node | null | undefined): HTMLTableElement | null {
  const element = node instanceof Element ? node : node?.parentElement;
  return element?.closest<HTMLTableElement>('.table-place table') ?? null;
}

/** A selection that goes beyond the table is copied as the browser does. */
function isInside(selection: Selection, table: HTMLTableElement): boolean {
  return selection.rangeCount > 0 && table.contains(selection.getRangeAt(0).commonAncestorContainer);
}
