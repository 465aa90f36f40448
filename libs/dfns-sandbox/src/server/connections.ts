import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { Injectable } from '@nestjs/common';

/** Counts and numbers the TCP connections, and can close all of them. */
@Injectable()
export class Connections {
  readonly #numbers = new WeakMap<Socket, number>();
  readonly #open = new Set<Socket>();
  #accepted = 0;

  get accepted(): number {
    return this.#accepted;
  }

  watch(server: Server): void {
    server.on('connection', (socket: Socket) => {
      this.#accepted += 1;
      this.#keep(socket);
    });
    // With TLS, requests arrive on this socket, which wraps the other one.
    server.on('secureConnection', (socket: TLSSocket) => this.#keep(socket));
  }

  #keep(socket: Socket): void {
    this.#numbers.set(socket, this.#accepted);
    this.#open.add(socket);
    socket.once('close', () => this.#open.delete(socket));
  }

  numberOf(socket: Socket): number {
    return this.#numbers.get(socket) ?? 0;
  }

  destroyAll(): void {
    for (const socket of this.#open) socket.destroy();
  }
}

/** Breaks a connection: with a reset (RST), or with TLS, where Node cannot send one, without the end of TLS. */
export function breakConnection(socket: Socket | null): void {
  if (socket instanceof TLSSocket) socket.destroy();
  else socket?.resetAndDestroy();
}
