using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Memento.CrashChild;

namespace Memento.Tests.Chaos;

/// <summary>
/// Carries the connections of other silos to one, which is known to them by the port of this wire.
/// </summary>
internal sealed class SiloWire : IAsyncDisposable
{
    private readonly WireCuts _cuts;
    private readonly int _target;
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _ending = new();
    private readonly Task _accepting;

    /// <summary>Starts to listen.</summary>
    /// <param name="cuts">Who does not reach whom.</param>
    /// <param name="target">The port where the silo listens.</param>
    public SiloWire(WireCuts cuts, int target)
    {
        _cuts = cuts;
        _target = target;
        _listener.Start();
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _accepting = AcceptAsync();
    }

    public int Port { get; }

    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        _listener.Dispose();
        await _accepting;
        _ending.Dispose();
    }

    /// <summary>Ends when all connections have ended.</summary>
    private async Task AcceptAsync()
    {
        List<Task> connections = [];
        try
        {
            while (true)
            {
                Socket socket = await _listener.AcceptSocketAsync(_ending.Token);
                connections.RemoveAll(static each => each.IsCompletedSuccessfully);
                connections.Add(Task.Run(() => CarryAsync(socket)));
            }
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(connections);
        }
    }

    private async Task CarryAsync(Socket accepted)
    {
        using Socket caller = accepted;
        using var callee = new Socket(SocketType.Stream, ProtocolType.Tcp);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(_ending.Token);
        try
        {
            caller.NoDelay = true;
            callee.NoDelay = true;
            int from = await ReadNameAsync(caller, ending.Token);
            await _cuts.PassAsync(from, Port, ending.Token);
            await callee.ConnectAsync(IPAddress.Loopback, _target, ending.Token);

            // A silo that closes its half needs the other half no more.
            Task[] pumps =
            [
                PumpAsync(caller, callee, from, ending.Token),
                PumpAsync(callee, caller, from, ending.Token),
            ];
            await Task.WhenAny(pumps);
            await ending.CancelAsync();
            await Task.WhenAll(pumps);
        }
        catch (Exception exception) when (exception
            is SocketException or EndOfStreamException or OperationCanceledException)
        {
            // One of the two silos has ended the connection, or has ended itself.
        }
    }

    private static async Task<int> ReadNameAsync(Socket socket, CancellationToken ending)
    {
        byte[] name = new byte[ClusterSilo.NameLength];
        for (int read = 0; read < name.Length;)
        {
            int more = await socket.ReceiveAsync(name.AsMemory(read), ending);
            if (more == 0) throw new EndOfStreamException("It has ended without its name.");
            read += more;
        }

        return BinaryPrimitives.ReadInt32LittleEndian(name);
    }

    /// <summary>Carries one direction. What it has when a cut begins waits for its end.</summary>
    private async Task PumpAsync(Socket from, Socket to, int caller, CancellationToken ending)
    {
        byte[] buffer = new byte[64 * 1024];
        while (true)
        {
            int read = await from.ReceiveAsync(buffer, ending);
            if (!await _cuts.PassAsync(caller, Port, ending) || read == 0) return;

            for (int sent = 0; sent < read;)
                sent += await to.SendAsync(buffer.AsMemory(sent, read - sent), ending);
        }
    }
}
