import type { Socket } from 'socket.io';

/** Who is connected with what: a person may have a phone and two screens. */
export class PersonSockets {
  private readonly sockets = new Map<string, Set<Socket>>();

  add(person: string, socket: Socket): void {
    const set = this.sockets.get(person);
    if (set) set.add(socket);
    else this.sockets.set(person, new Set([socket]));
  }

  remove(person: string, socket: Socket): void {
    const set = this.sockets.get(person);
    set?.delete(socket);
    if (set?.size === 0) this.sockets.delete(person);
  }

  of(person: string): readonly Socket[] {
    return [...(this.sockets.get(person) ?? [])];
  }
}
