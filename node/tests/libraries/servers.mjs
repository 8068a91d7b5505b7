// Real servers, each on a free port of the loopback interface and with a directory of its own.
import { execFileSync, spawn } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';

export const USER = 'shop';
export const PASSWORD = 'secret-of-tests';

/** How long a server may take to begin. */
const START_LIMIT_MS = 60_000;

const isRoot = process.getuid?.() === 0;

function freePort() {
  return new Promise((go) => {
    const probe = net.createServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => go(port));
    });
  });
}

/** The path of a server's program. */
function find(name, ...folders) {
  const places = [...folders, ...process.env.PATH.split(':'), '/usr/sbin', '/usr/local/sbin'];
  const found = places.map((folder) => path.join(folder, name)).find((file) => fs.existsSync(file));
  if (found === undefined) throw new Error(`${name} is not installed`);
  return found;
}

/** A server that runs until it is closed. */
class Server {
  /** Servers refuse to run as root; then they run as the user their package made. */
  async prepare(user) {
    this.port = await freePort();
    this.folder = fs.mkdtempSync(path.join(os.tmpdir(), 'tierline-server-'));
    if (!isRoot || user === undefined) return;
    const id = (flag) => Number(execFileSync('id', [flag, user], { encoding: 'utf8' }));
    this.as = { uid: id('-u'), gid: id('-g') };
    fs.chownSync(this.folder, this.as.uid, this.as.gid);
  }

  once(program, ...args) {
    return execFileSync(program, args, { ...this.as, cwd: this.folder, env: { ...process.env, HOME: this.folder }, stdio: 'pipe' });
  }

  /** Starts it and waits until `isReady` does not throw. */
  async start(isReady, program, args, env = {}) {
    const log = fs.openSync(path.join(this.folder, 'log'), 'a');
    this.child = spawn(program, args, { ...this.as, cwd: this.folder, env: { ...process.env, HOME: this.folder, ...env }, stdio: ['ignore', log, log] });
    fs.closeSync(log);
    for (const deadline = Date.now() + START_LIMIT_MS; ; ) {
      try {
        await isReady();
        return this;
      } catch (error) {
        if (Date.now() > deadline || this.child.exitCode !== null) {
          throw new Error(`${program} did not start: ${error}\n${fs.readFileSync(path.join(this.folder, 'log'), 'utf8').slice(-2_000)}`);
        }
        await new Promise((go) => setTimeout(go, 50));
      }
    }
  }

  /** Resolves when the port answers `request` with something that begins with `answer`. */
  answers(request, answer) {
    return new Promise((go, fail) => {
      const socket = net.connect(this.port, '127.0.0.1', () => socket.write(request));
      socket.setTimeout(2_000, () => socket.destroy(new Error('no answer')));
      socket.on('error', fail);
      socket.on('close', () => fail(new Error('closed')));
      socket.on('data', (data) => {
        if (data.toString('latin1').startsWith(answer)) go();
        socket.destroy();
      });
    });
  }

  async close() {
    if (this.child !== undefined && this.child.exitCode === null) {
      const over = new Promise((go) => this.child.once('exit', go));
      this.child.kill('SIGTERM');
      const limit = setTimeout(() => this.child.kill('SIGKILL'), 20_000);
      await over;
      clearTimeout(limit);
    }
    fs.rmSync(this.folder, { recursive: true, force: true });
  }
}

/** PostgreSQL with a database `shop`. */
export async function postgresql() {
  const server = new Server();
  await server.prepare('postgres');
  const versions = fs.existsSync('/usr/lib/postgresql') ? fs.readdirSync('/usr/lib/postgresql').sort().reverse() : [];
  const bin = path.dirname(find('initdb', ...versions.map((version) => `/usr/lib/postgresql/${version}/bin`)));
  const data = path.join(server.folder, 'data');
  server.once(path.join(bin, 'initdb'), '-D', data, '-U', USER, '-A', 'trust', '-E', 'UTF8', '--no-sync');
  const create = () => server.once(path.join(bin, 'createdb'), '-h', '127.0.0.1', '-p', `${server.port}`, '-U', USER, 'shop');
  return server.start(async () => create(), path.join(bin, 'postgres'), ['-D', data, '-p', `${server.port}`, '-h', '127.0.0.1', '-k', server.folder, '-F']);
}

/** MariaDB with a database `shop`. */
export async function mariadb() {
  const server = new Server();
  await server.prepare('mysql');
  const data = path.join(server.folder, 'data');
  const socket = path.join(server.folder, 'socket');
  server.once(find('mariadb-install-db'), '--no-defaults', `--datadir=${data}`, '--auth-root-authentication-method=normal', '--skip-test-db');
  const setUp = `CREATE DATABASE IF NOT EXISTS shop; CREATE USER IF NOT EXISTS ${USER} IDENTIFIED BY '${PASSWORD}'; GRANT ALL ON shop.* TO ${USER}`;
  const create = () => server.once(find('mariadb'), '--no-defaults', `--socket=${socket}`, '-u', 'root', '-e', setUp);
  return server.start(async () => create(), find('mariadbd'), [
    '--no-defaults', `--datadir=${data}`, `--port=${server.port}`, '--bind-address=127.0.0.1', `--socket=${socket}`,
    '--innodb-flush-log-at-trx-commit=0', '--skip-name-resolve', `--pid-file=${server.folder}/pid`,
  ]);
}

/** Redis. */
export async function redis() {
  const server = new Server();
  await server.prepare();
  return server.start(() => server.answers('PING\r\n', '+PONG'), find('redis-server'), ['--port', `${server.port}`, '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no']);
}

/** memcached. */
export async function memcached() {
  const server = new Server();
  await server.prepare();
  const user = isRoot ? ['-u', 'nobody'] : [];
  return server.start(() => server.answers('version\r\n', 'VERSION'), find('memcached'), ['-l', '127.0.0.1', '-p', `${server.port}`, ...user]);
}

/** RabbitMQ, without a port for clustering. */
export async function rabbitmq() {
  const server = new Server();
  await server.prepare('rabbitmq');
  // Debian's wrapper changes the user itself, and then wants Debian's directories.
  const program = find('rabbitmq-server', '/usr/lib/rabbitmq/bin');
  return server.start(() => server.answers('AMQP\0\0\x09\x01', '\x01'), program, [], {
    RABBITMQ_NODENAME: `tests${server.port}@localhost`,
    RABBITMQ_NODE_IP_ADDRESS: '127.0.0.1',
    RABBITMQ_NODE_PORT: `${server.port}`,
    RABBITMQ_DIST_PORT: `${await freePort()}`,
    RABBITMQ_MNESIA_BASE: `${server.folder}/mnesia`,
    RABBITMQ_LOG_BASE: `${server.folder}/logs`,
    RABBITMQ_ENABLED_PLUGINS_FILE: `${server.folder}/plugins`,
    RABBITMQ_CONFIG_FILE: `${server.folder}/none`,
    ERL_EPMD_PORT: `${await freePort()}`,
    RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: '+S 1:1 +sbwt none',
  });
}
