// Preloaded into a process: writes its peak memory in bytes into the file of PEAK_MEMORY when it ends.

const { writeFileSync } = require('node:fs');
const { isMainThread } = require('node:worker_threads');

if (isMainThread) process.on('exit', () => writeFileSync(process.env.PEAK_MEMORY, String(process.resourceUsage().maxRSS * 1024)));
