import { it } from 'vitest';
import { writeFileSync } from 'node:fs';
import { compare } from '/work/main/test/oracle/compare';
import { allEntries, referencesOf } from '/work/main/test/oracle/support/entries';
import { loadEntry } from '/work/main/test/oracle/support/zzInProcess';
it('reports', async () => {
  const lines: string[] = [];
  const only = process.env.ONLY?.split(',');
  for (const e of allEntries().filter((e) => !only || only.includes(e.name))) {
    try {
      const l = await loadEntry(e.modelFolder);
      if (!l.ok) { lines.push(`${e.name}: ${e.expect === 'refuse' && l.problem.exitStatus===3 ? 'ok refused' : 'LOAD '+l.problem.code+' '+l.problem.message}`); continue; }
      for (const c of e.cases) {
        const o = await l.value.capture(c);
        if (!o.ok) { lines.push(`${e.name}/${c.id}: CAPTURE ${o.problem.code} ${o.problem.message}`); continue; }
        const j = compare(o.value.tensors, referencesOf(e, c.id), e).filter((x) => x.status !== 'ok' && x.status !== 'skip');
        const ids = JSON.stringify(o.value.tokenIds) === JSON.stringify(c.input_ids);
        lines.push(`${e.name}/${c.id}: ${j.length ? 'DIFF ' + j.map((x) => `${x.status}:${x.key}(${x.deviation?.toExponential(1) ?? ''} ${x.note})`).slice(0, 8).join(' ') : 'ok'} ids=${ids} badge=${o.value.badge.state} ${o.value.badge.notes.slice(0,3).join('; ')} [${o.value.description.towers.map(t=>t.sites.map(s=>s.recognisedAs)[0]).join()}]`);
      }
      await l.value.unload();
    } catch (err) { lines.push(`${e.name}: THROW ${String(err).slice(0,300)} ${(err as Error).stack?.split('\n')[1]}`); }
  }
  writeFileSync('/tmp/report.txt', lines.join('\n'));
}, 600000);
