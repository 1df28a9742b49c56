import { connect, createServer, type Socket } from "node:net";

/** A wire between the driver and the exchange that can be cut. */
export interface Relay extends AsyncDisposable {
  readonly port: number;
  /** Breaks what is connected; nothing gets through until it is mended. */
  cut(): void;
  mend(): void;
}

export async function startRelay(targetPort: number): Promise<Relay> {
  const sockets = new Set<Socket>();
  let broken = false;
  const server = createServer((one) => {
    if (broken) return void one.destroy();
    const other = connect(targetPort, "127.0.0.1");
    for (const socket of [one, other]) {
      sockets.add(socket);
      socket.on("error", () => undefined);
      socket.on("close", () => {
        sockets.delete(socket);
        one.destroy();
        other.destroy();
      });
    }
    one.pipe(other).pipe(one);
  });
  const cut = () => {
    broken = true;
    for (const socket of sockets) socket.destroy();
  };
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return {
    port: address.port,
    cut,
    mend: () => void (broken = false),
    async [Symbol.asyncDispose]() {
      cut();
      await new Promise((resolve) => void server.close(resolve));
    },
  };
}
