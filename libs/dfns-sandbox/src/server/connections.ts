import type { Server } from 'node:http';
import type { Socket } from 'node:net';
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
      this.#numbers.set(socket, this.#accepted);
      this.#open.add(socket);
      socket.once('close', () => this.#open.delete(socket));
    });
  }

  numberOf(socket: Socket): number {
    return this.#numbers.get(socket) ?? 0;
  }

  destroyAll(): void {
    for (const socket of this.#open) socket.destroy();
  }
}
