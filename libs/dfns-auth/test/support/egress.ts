import { createServer as createHttpServer, type Server as HttpServer, request } from 'node:http';
import { Agent, createServer as createHttpsServer } from 'node:https';
import { type AddressInfo, connect, type Server, type Socket } from 'node:net';
import { connect as connectTls, type TlsOptions } from 'node:tls';

/** A server of a test that can be closed with its connections. */
export interface LocalServer {
  url: string;
  /** What it received: `METHOD path` of requests, or `CONNECT host:port`. */
  seen: string[];
  close(): Promise<void>;
}

/** A TLS server in front of the sandbox, as a gateway with its own certificate is. */
export function openTlsGateway(target: string, options: TlsOptions): Promise<LocalServer> {
  const seen: string[] = [];
  const server = createHttpsServer(options, (incoming, outgoing) => {
    const { method, url, headers } = incoming;
    seen.push(`${method} ${url}`);
    const onward = request(`${target}${url}`, { method, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode as number, answer.headers);
      answer.pipe(outgoing);
    });
    incoming.pipe(onward);
  });
  return listening(server, 'https', seen);
}

/** An egress proxy: it opens tunnels to any host, and sees nothing of what is in them. */
export function openProxy(): Promise<LocalServer> {
  const seen: string[] = [];
  const server: HttpServer = createHttpServer((_, answer) => answer.writeHead(405).end());
  server.on('connect', ({ url = '' }, client: Socket) => {
    seen.push(`CONNECT ${url}`);
    const [host, port] = url.split(':');
    const onward = connect(Number(port), host, () => {
      client.write('HTTP/1.1 200 Connection established\r\n\r\n');
      onward.pipe(client).pipe(onward);
    });
    onward.on('error', () => client.destroy());
    client.on('error', () => onward.destroy());
  });
  return listening(server, 'http', seen);
}

type Connected = (error: Error | null, socket?: Socket) => void;

/** An agent that connects through a proxy with CONNECT, as packages for proxies do. */
export class ProxyAgent extends Agent {
  constructor(
    private readonly proxy: string,
    options: Agent['options'],
  ) {
    super({ keepAlive: true, ...options });
  }

  // biome-ignore lint/suspicious/noExplicitAny: the types of Node have no callback here
  override createConnection(options: any, callback?: any): any {
    const { host, port } = options;
    const done = callback as Connected;
    request(this.proxy, { method: 'CONNECT', path: `${host}:${port}`, agent: false })
      .on('connect', (answer, socket) => {
        if (answer.statusCode !== 200) return done(new Error(`the proxy answered ${answer.statusCode}`));
        return done(null, connectTls({ ...options, socket }));
      })
      .on('error', done)
      .end();
  }
}

async function listening(server: Server, scheme: string, seen: string[]): Promise<LocalServer> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => sockets.add(socket.once('close', () => sockets.delete(socket))));
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const close = () =>
    new Promise<void>((resolve) => {
      for (const socket of sockets) socket.destroy();
      server.close(() => resolve());
    });
  return { url: `${scheme}://127.0.0.1:${(server.address() as AddressInfo).port}`, seen, close };
}
