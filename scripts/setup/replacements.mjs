// JavaScript in place of two native modules of the VS Code server, so that nothing has to be compiled.

/** Writes the log files. VS Code imports it from an ES module: Node finds CommonJS exports only as one assignment per name. */
export const spdlog = `
const fs = require('node:fs');
const path = require('node:path');
const levels = ['trace', 'debug', 'info', 'warn', 'error', 'critical'];
class Logger {
  constructor(name, file) { this.name = name; this.file = file; this.level = 2; this.isRaw = false; }
  getLevel() { return this.level; }
  setLevel(level) { this.level = level; }
  setPattern() {}
  clearFormatters() { this.isRaw = true; }
  flush() {}
  drop() {}
  append(level, text) {
    if (level < this.level || !this.file) return;
    const line = this.isRaw ? text : new Date().toISOString() + ' [' + levels[level] + '] ' + text + '\\n';
    try { fs.appendFileSync(this.file, line); } catch { /* the folder is gone when the server ends */ }
  }
}
levels.forEach((name, level) => { Logger.prototype[name] = function (text) { this.append(level, text); }; });
const create = async (name, file) => { fs.mkdirSync(path.dirname(file), { recursive: true }); return new Logger(name, file); };
exports.Logger = Logger;
exports.setLevel = () => {};
exports.setFlushOn = () => {};
exports.createRotatingLogger = create;
exports.createAsyncRotatingLogger = create;
`;

/** Ends an extension host whose server is gone. */
export const watchdog = `
exports.start = (pid) => {
  setInterval(() => { try { process.kill(pid, 0); } catch { process.exit(87); } }, 3000).unref();
};
`;
